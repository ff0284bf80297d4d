using System.Diagnostics.Metrics;

namespace Credence.Telemetry;

/// <summary>What the people door tells (contract identity B.5).</summary>
public sealed partial class Metrics
{
    /// <summary>Somebody signed up, or tried.</summary>
    /// <param name="result"><c>success</c>, <c>taken</c>, or <c>hidden</c> for an address or number that somebody has.</param>
    public void SignedUp(string result) => _people.SignUps.Add(1, new KeyValuePair<string, object?>("result", result));

    /// <summary>Somebody signed in, or tried.</summary>
    /// <param name="scheme">The sort of identifier, or of the factor where that alone is shown: <c>passkey</c>, <c>totp</c>, <c>recovery_code</c>.</param>
    /// <param name="result"><c>success</c>, <c>second_factor</c> where that is asked for next, or the code of the refusal.</param>
    public void SignedIn(string scheme, string result) => _people.SignIns.Add(1, new("scheme", scheme), new("result", result));

    /// <summary>A request at the people door was answered. <paramref name="route"/> is a template or <c>unmatched</c>, never a path.</summary>
    public void PeopleAnswered(string method, string route, string statusCode, TimeSpan took)
    {
        _people.Requests.Add(1, new("method", method), new("route", route), new("status_code", statusCode));
        _people.RequestSeconds.Record(took.TotalSeconds, new("method", method), new("route", route), new("status_code", statusCode));
    }

    /// <summary>Somebody read the key set of people's tokens.</summary>
    public void PeopleKeysRead() => _people.KeysRead.Add(1);

    /// <summary>Tells which keys verify people's tokens, and whether each signs; asked once per scrape, and answered from memory.</summary>
    public void FollowPeopleKeys(Func<IEnumerable<(string Kid, bool Signs)>> keys) => Meter.CreateObservableGauge(
        "identity_signing_key_info",
        () => keys().Select(key => new Measurement<long>(1, new("kid", key.Kid), new("state", key.Signs ? "active" : "published"))),
        null, "Keys that verify people's tokens: the one that signs is active, the others are published before or after their time");

    /// <summary>It was asked whether somebody may do something.</summary>
    public void PolicyChecked(bool allowed) => _people.PolicyChecks.Add(1, new KeyValuePair<string, object?>("result", allowed ? "allowed" : "denied"));
}
