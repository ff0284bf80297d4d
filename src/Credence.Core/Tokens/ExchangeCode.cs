using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Credence.Agents;
using Credence.Consent;
using Credence.Grants;
using Credence.Organizations;
using Credence.Principals;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Usage;
using Microsoft.Extensions.Logging;

namespace Credence.Tokens;

/// <summary>A code becomes a grant and its first token; of any number of callers one gets it (contract grantex-core 4).</summary>
public sealed class ExchangeCode(Db db, PlanGate plan, MintGrantToken mint, MeterUsage usage, TimeProvider clock, ILogger<ExchangeCode> log)
{
    /// <summary>What is exchanged.</summary>
    /// <param name="Code">The code.</param>
    /// <param name="Agent">The agent it was given for, as the caller named it.</param>
    /// <param name="Verifier">The PKCE verifier, or null.</param>
    public sealed record Input(string Code, string Agent, string? Verifier);

    /// <returns>The grant and its token; a refused verifier leaves the code usable.</returns>
    public async Task<Result<IssuedGrant>> RunAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var now = clock.Now();
        var request = await ConsentStore.FindByCodeAsync(db, caller.Organization, input.Code, ct);
        if (request is null || request.Agent.ToString() != input.Agent) return TokenFailures.CodeInvalid;
        if (request.Status != ConsentStatus.Approved) return TokenFailures.CodeSpent;
        if (request.ExpiresAt <= now) return TokenFailures.CodeExpired;
        if (CheckVerifier(request.CodeChallenge, input.Verifier) is { } refused) return refused;

        var id = Id<Grant>.New(now);
        var grant = new Grant(
            id, caller.Organization, request.Agent, request.Principal, request.Scopes, request.Audience, GrantStatus.Active, request.Proof!.Value,
            ParentId: null, ParentAgent: null, RootId: id, Depth: 0, now, now + request.Lifetime, RevokedAt: null);
        var issued = new IssuedGrant(grant, mint.Sign(grant, now));

        await using var tx = await db.BeginAsync(ct);
        if (await plan.AdmitGrantAsync(tx, caller, now, ct) is { } full) return full;
        if (await AgentStore.PinActiveAsync(tx, caller.Organization, request.Agent, ct) is null) return TokenFailures.CodeInvalid;
        if (!await PrincipalNames.MayActAsync(tx, caller.Organization, request.Principal, ct)) return PrincipalFailures.Deprovisioned;
        if (!await ConsentStore.ConsumeAsync(tx, request.Id, now, ct)) return TokenFailures.CodeSpent;
        await IssueGrant.RecordAsync(tx, issued, caller.Key.ToString(), now, ct);
        if (request.Proof == ConsentProof.Passkey) await ConsentEvidence.LinkAsync(tx, request.Id, id, ct);
        await usage.CountAsync(tx, caller.Organization, UsageKind.TokenExchange, now, ct);
        await tx.CommitAsync();

        Log.GrantCreated(
            log, id.ToString(), grant.Agent.ToString(), grant.Principal, grant.Scopes, (long)clock.GetElapsedTime(started).TotalMilliseconds);
        Log.TokenExchanged(log, id.ToString(), grant.Agent.ToString());
        return issued;
    }

    /// <summary>RFC 7636 4.6: the challenge is the base64url SHA-256 of the verifier.</summary>
    private static Failure? CheckVerifier(string? challenge, string? verifier)
    {
        if (challenge is null) return null;
        if (verifier is null) return TokenFailures.VerifierMissing;
        var computed = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(verifier)));
        var matches = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(computed), Encoding.ASCII.GetBytes(challenge));
        return matches ? null : TokenFailures.VerifierWrong;
    }
}
