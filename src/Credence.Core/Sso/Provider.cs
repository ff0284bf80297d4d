using System.Text.Json;
using Credence.Issuers;
using Credence.Outgoing;

namespace Credence.Sso;

/// <summary>What this node knows of one identity provider: what it says of itself, and its keys.</summary>
internal sealed class Provider
{
    /// <summary>A change of addresses or keys that the provider takes back counts after so long at the latest.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>A token that names an unknown key makes us look again, but not for each of many.</summary>
    private static readonly TimeSpan BetweenMisses = TimeSpan.FromMinutes(1);

    private readonly OutgoingClient _http;
    private readonly SsoOptions _options;
    private readonly string _issuer;
    private readonly Fetched<ProviderMetadata> _metadata;
    private readonly Fetched<IssuerKeySet> _keys;

    public Provider(string issuer, OutgoingClient http, SsoOptions options, TimeProvider clock)
    {
        (_issuer, _http, _options) = (issuer, http, options);
        _metadata = new Fetched<ProviderMetadata>(FetchMetadataAsync, Kept, clock);
        _keys = new Fetched<IssuerKeySet>(FetchKeysAsync, Kept, clock);
    }

    /// <summary>What the provider says of itself.</summary>
    public Task<Result<ProviderMetadata>> MetadataAsync(CancellationToken ct) => _metadata.GetAsync(ct);

    /// <summary>The keys that are known; fetched when there are none.</summary>
    public Task<Result<IssuerKeySet>> KeysAsync(CancellationToken ct) => _keys.GetAsync(ct);

    /// <summary>The keys once more, because one was not among those that were <paramref name="seen"/>; null when nothing newer is to be had for the moment.</summary>
    public Task<Result<IssuerKeySet>?> KeysAfterMissAsync(IssuerKeySet seen, CancellationToken ct) => _keys.AfterAsync(seen, BetweenMisses, ct);

    /// <summary>Asks and reads a JSON object.</summary>
    public async Task<Result<JsonElement>> AskAsync(HttpRequestMessage request, string what, CancellationToken ct)
    {
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        var answer = await _http.SendAsync(request, _options.Limits, ct);
        if (!answer.Succeeded) return SsoFailures.Provider($"The identity provider's {what} could not be read: {answer.Failure.Detail}");
        if (answer.Value.Status != 200) return SsoFailures.Provider($"The identity provider's {what} answered {answer.Value.Status}");
        return Claims.Parse(answer.Value.Body) is { } json ? json : SsoFailures.Provider($"The identity provider's {what} is not a JSON object");
    }

    private async Task<Result<ProviderMetadata>> FetchMetadataAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ProviderMetadata.Address(_issuer));
        var document = await AskAsync(request, "discovery document", CancellationToken.None); // it is bounded, and others may wait for it
        if (!document.Succeeded) return document.Failure;
        return ProviderMetadata.Read(document.Value, _issuer, _options.Rules) is { } read
            ? read
            : SsoFailures.Provider("The identity provider's discovery document names another issuer, or lacks an address");
    }

    private async Task<Result<IssuerKeySet>> FetchKeysAsync()
    {
        var metadata = await MetadataAsync(CancellationToken.None);
        if (!metadata.Succeeded) return metadata.Failure;
        using var request = new HttpRequestMessage(HttpMethod.Get, metadata.Value.JwksUri);
        var document = await AskAsync(request, "key set", CancellationToken.None);
        if (!document.Succeeded) return document.Failure;
        return IssuerKeySet.Read(document.Value) is { } keys ? keys : SsoFailures.Provider("The identity provider's key set is not one");
    }
}
