using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Credence.Bench;

/// <summary>How long tokens that were revoked on one node were still good on another, from the answer to the revocation on.</summary>
/// <param name="Sorted">Each of them, in milliseconds, the shortest first.</param>
internal sealed record RevocationDelay(IReadOnlyList<double> Sorted)
{
    /// <summary>The one in the middle.</summary>
    public double P50 => Sorted[Sorted.Count / 2];

    /// <summary>The 99th of 100.</summary>
    public double P99 => Sorted[(int)(Sorted.Count * 0.99)];

    /// <summary>Tokens of the grants door, whose grants are revoked.</summary>
    public static async Task<RevocationDelay> OfGrantTokensAsync(Stores stores, int count, CancellationToken ct)
    {
        await using var one = await ServerUnderLoad.CredenceAsync(stores);
        await using var other = await ServerUnderLoad.CredenceAsync(stores);
        var flow = await Flow.PrepareAsync(one, ct);
        using var line = await HttpLine.OpenAsync(other.Port, ct);
        return await EachAsync(count, async () =>
        {
            var (token, grant) = await flow.OneAsync(one, ct);
            var verify = HttpLine.Request("POST", "/v1/tokens/verify", ServerUnderLoad.ApiKey, $$"""{"token":"{{token}}"}""");
            return (Revoke, IsGood);

            Task Revoke() => one.CallAsync(HttpMethod.Delete, $"/v1/grants/{grant}", null, ct);

            async Task<bool> IsGood()
            {
                await line.AskAsync(verify, 200, ct);
                return Encoding.UTF8.GetString(line.Body.Span).Contains("\"valid\":true", StringComparison.Ordinal);
            }
        });
    }

    /// <summary>Access tokens of the agents door, which are revoked one by one.</summary>
    /// <param name="stores">What the two nodes share.</param>
    /// <param name="client">An agent there, as <c>BOOTSTRAP_ADMIN_CLIENT</c> names it.</param>
    /// <param name="count">How many tokens.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<RevocationDelay> OfAccessTokensAsync(Stores stores, (string Id, string Secret) client, int count, CancellationToken ct)
    {
        var settings = ("BOOTSTRAP_ADMIN_CLIENT", $"{client.Id}:{client.Secret}");
        await using var one = await ServerUnderLoad.CredenceAsync(stores, settings);
        await using var other = await ServerUnderLoad.CredenceAsync(stores, settings);
        using var here = await HttpLine.OpenAsync(one.Port, ct);
        using var there = await HttpLine.OpenAsync(other.Port, ct);
        return await EachAsync(count, async () =>
        {
            await here.AskAsync(HttpLine.Form("/api/v1/token", $"grant_type=client_credentials&client_id={client.Id}&client_secret={client.Secret}"), 200, ct);
            var token = here.Text("access_token");
            var read = HttpLine.Request("GET", $"/api/v1/agents/{client.Id}", token);
            await Task.Delay(RandomNumberGenerator.GetInt32(1000), ct); // else each would come just behind the other node's last look at the database
            return (Revoke, IsGood);

            Task Revoke() => here.AskAsync(HttpLine.Form("/api/v1/token/revoke", $"token={token}", token), 200, ct).AsTask();

            async Task<bool> IsGood()
            {
                await there.AskAsync(read, ct);
                return there.Status == 200;
            }
        });
    }

    /// <summary>What a person may do, which is taken from them again.</summary>
    public static async Task<RevocationDelay> OfPermissionsAsync(Stores stores, int count, CancellationToken ct)
    {
        const string Door = "/v1/api/identity";
        const string Password = "eleven pipers piping";
        await using var one = await ServerUnderLoad.CredenceAsync(stores);
        await using var other = await ServerUnderLoad.CredenceAsync(stores);
        using var here = await HttpLine.OpenAsync(one.Port, ct);
        using var there = await HttpLine.OpenAsync(other.Port, ct);
        var run = Guid.NewGuid().ToString("n")[..12];
        await SignUpAsync($"root{run}");
        await ServerUnderLoad.CommandAsync(stores, ["user", "grant-role", $"root{run}", "SUPER_ADMIN"], ct);
        var porter = await SignUpAsync($"porter{run}");
        await here.AskAsync(
            HttpLine.Request("POST", $"{Door}/auth/sign-in", null, $$$"""{"identifier":{"scheme":"USERNAME","value":"root{{{run}}}"},"credential":{"scheme":"BASIC","value":"{{{Password}}}"}}"""), 200, ct);
        var key = here.Text("value");
        var ask = HttpLine.Request("POST", $"{Door}/policy-definitions/check", key, $$"""{"subject":"User_{{porter}}","domain":"*","object":"Role","action":"read"}""");
        var give = HttpLine.Request(
            "POST", $"{Door}/policy-definitions", key, $$"""{"variant":"policy","subjectType":"User","subjectId":"{{porter}}","targetType":"Permission","targetId":"Role.read"}""");
        return await EachAsync(count, async () =>
        {
            await here.AskAsync(give, 201, ct);
            var edge = here.Text("id");
            while (!await MayAsync())
            {
            }

            await Task.Delay(RandomNumberGenerator.GetInt32(1000), ct); // else each would come just behind the other node's last look at the database
            return (Revoke, MayAsync);

            Task Revoke() => here.AskAsync(HttpLine.Request("DELETE", $"{Door}/policy-definitions/{edge}", key), 204, ct).AsTask();
        });

        async Task<string> SignUpAsync(string name)
        {
            await here.AskAsync(HttpLine.Request("POST", $"{Door}/auth/sign-up", null, $$"""{"username":"{{name}}","credential":"{{Password}}"}"""), 201, ct);
            return here.Text("userId");
        }

        async Task<bool> MayAsync()
        {
            await there.AskAsync(ask, 200, ct);
            return Encoding.UTF8.GetString(there.Body.Span).Contains("true", StringComparison.Ordinal);
        }
    }

    /// <summary>Makes tokens one after the other, sees that each is good on the other node, revokes it and asks until it is not.</summary>
    private static async Task<RevocationDelay> EachAsync(int count, Func<Task<(Func<Task> Revoke, Func<Task<bool>> IsGood)>> make)
    {
        var delays = new List<double>();
        for (var number = 0; number < count; number++)
        {
            var (revoke, isGood) = await make();
            if (!await isGood()) throw new InvalidOperationException("a token of one node does not count on the other");
            await revoke();
            var revoked = Stopwatch.GetTimestamp();
            while (await isGood())
            {
            }

            delays.Add(Stopwatch.GetElapsedTime(revoked).TotalMilliseconds);
        }

        return new RevocationDelay([.. delays.Order()]);
    }
}
