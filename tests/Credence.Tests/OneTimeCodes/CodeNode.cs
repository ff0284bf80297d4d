using Credence.OneTimeCodes;
using Credence.State;
using Credence.Telemetry;
using Credence.Tests.Keys;
using Credence.Tests.State;
using Credence.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Credence.Tests.OneTimeCodes;

/// <summary>One node that makes and takes codes. Nodes of one <paramref name="state"/> or one Redis, and of one secret, share them.</summary>
internal sealed class CodeNode(ISharedState state, ManualClock clock) : IAsyncDisposable
{
    private const string Shared = "a secret that all nodes of a test share";

    private readonly CodeSecrets _secrets = new(new CodeOptions { ApplicationSecret = Shared }, Credence.Keys.KeySources.Read(Material.Stored()).Wrap);

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ISharedState State => state;

    public ManualClock Clock => clock;

    public Metrics Metrics { get; } = new();

    public CodeRules Rules { get; set; } = new();

    public ReleaseCodes Release => new(state, clock);

    public static async Task<CodeNode> OpenAsync(StateKind kind) => new(await StateNodes.OpenAsync(kind), new ManualClock());

    /// <summary>A session, and the code that was made for it; null where nobody has the identifier.</summary>
    public sealed record Waiting(string SessionToken, DateTimeOffset ExpiresAt, string? Code);

    public async Task<Result<Waiting>> RequestAsync(string identifier, bool known = true, CodeNamespace ns = CodeNamespace.VerifyEmail)
    {
        var requested = await new RequestCode(state, _secrets, _ => ValueTask.FromResult(Rules), Metrics, clock, NullLogger<RequestCode>.Instance).RunAsync(ns, identifier, Ct);
        if (!requested.Succeeded) return requested.Failure;
        var (session, expiresAt) = requested.Value;
        if (!known) return new Waiting(session, expiresAt, null);
        var code = await MakeAsync(session, identifier, ns);
        return code.Succeeded ? new Waiting(session, expiresAt, code.Value) : code.Failure;
    }

    public Task<Result<string>> MakeAsync(string session, string target, CodeNamespace ns = CodeNamespace.VerifyEmail) =>
        new MakeCode(state, _secrets, clock).RunAsync(ns, session, new CodeRecipient("42", target), Ct);

    public Task<Result<VerifiedCode>> VerifyAsync(string sessionToken, string code, CodeNamespace ns = CodeNamespace.VerifyEmail) =>
        new VerifyCode(state, _secrets, _ => ValueTask.FromResult(Rules), Metrics, clock, NullLogger<VerifyCode>.Instance).RunAsync(ns, sessionToken, code, Ct);

    public async Task<Waiting> RequestedAsync(string identifier, bool known = true)
    {
        var requested = await RequestAsync(identifier, known);
        Assert.True(requested.Succeeded, requested.Failure?.Code);
        return requested.Value;
    }

    /// <summary>Sends wrong codes until the identifier is shut.</summary>
    public async Task ShutAsync(Waiting requested)
    {
        for (var guess = 0; guess < Rules.Attempts; guess++)
        {
            Assert.Equal("otp.invalid", (await VerifyAsync(requested.SessionToken, Wrong(requested.Code))).Failure?.Code);
        }
    }

    /// <summary>Another code than this one.</summary>
    public static string Wrong(string? code) => code == "000000" ? "000001" : "000000";

    /// <summary>An identifier that no other test uses.</summary>
    public static string Someone() => $"{Guid.NewGuid():N}@example.com";

    public async ValueTask DisposeAsync()
    {
        Metrics.Dispose();
        await state.DisposeAsync();
    }
}
