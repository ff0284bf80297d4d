using System.Diagnostics;
using System.Text;

namespace Credence.Bench;

/// <summary>How long a token that was revoked on one node is still good on another.</summary>
internal static class RevocationDelay
{
    /// <summary>The 99th of 100, in milliseconds, from the answer to the revocation until the other node refuses the token.</summary>
    public static async Task<double> P99Async(Stores stores, int count, CancellationToken ct)
    {
        await using var one = await ServerUnderLoad.CredenceAsync(stores);
        await using var other = await ServerUnderLoad.CredenceAsync(stores);
        var flow = await Flow.PrepareAsync(one, ct);
        using var line = await HttpLine.OpenAsync(other.Port, ct);
        var delays = new List<double>();
        for (var number = 0; number < count; number++)
        {
            var (token, grant) = await flow.OneAsync(one, ct);
            var verify = HttpLine.Request("POST", "/v1/tokens/verify", ServerUnderLoad.ApiKey, $$"""{"token":"{{token}}"}""");
            await line.AskAsync(verify, 200, ct);
            if (!IsValid(line)) throw new InvalidOperationException("a token of one node does not verify on the other");

            await one.CallAsync(HttpMethod.Delete, $"/v1/grants/{grant}", null, ct);
            var revoked = Stopwatch.GetTimestamp();
            do await line.AskAsync(verify, 200, ct);
            while (IsValid(line));
            delays.Add(Stopwatch.GetElapsedTime(revoked).TotalMilliseconds);
        }

        return delays.Order().ElementAt((int)(delays.Count * 0.99));
    }

    private static bool IsValid(HttpLine line) => Encoding.UTF8.GetString(line.Body.Span).Contains("\"valid\":true", StringComparison.Ordinal);
}
