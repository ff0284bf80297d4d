using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Consent;

/// <summary>Somebody approves or denies a consent request; of any number who try, one decides.</summary>
public sealed class DecideConsent(Db db, TimeProvider clock, ILogger<DecideConsent> log)
{
    /// <summary>What was decided.</summary>
    /// <param name="Request">The request as it was asked.</param>
    /// <param name="Code">The code to exchange; null after a denial.</param>
    public sealed record Output(ConsentRequest Request, string? Code);

    /// <summary>The person says yes.</summary>
    /// <param name="id">Which request.</param>
    /// <param name="proof">How it is known that it was the person, a passkey's proof aside, which the request carries.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The code; or that the request is over, or better proof is needed.</returns>
    public async Task<Result<Output>> ApproveAsync(Id<ConsentRequest> id, ConsentProof proof, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var request = await ConsentStore.FindAsync(tx, id, ct);
        if (request is null || !request.IsOpen(now)) return ConsentFailures.Gone;
        proof = request.Proven(proof, now);
        if (await TooWeakAsync(tx, request, proof, ct) is { } refused) return refused;

        var code = Secret.New("");
        if (!await ConsentStore.ApproveAsync(tx, id, proof, code, now, ct)) return ConsentFailures.Gone;
        await AppendAsync(tx, request, "consent.approved", proof, now, ct);
        await tx.CommitAsync();
        return new Output(request, code);
    }

    /// <summary>The person says no.</summary>
    /// <inheritdoc cref="ApproveAsync"/>
    public async Task<Result<Output>> DenyAsync(Id<ConsentRequest> id, ConsentProof proof, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var request = await ConsentStore.FindAsync(tx, id, ct);
        if (request is not { Status: ConsentStatus.Pending }) return ConsentFailures.Decided;
        proof = request.Proven(proof, now);
        if (await TooWeakAsync(tx, request, proof, ct) is { } refused) return refused;

        if (!await ConsentStore.DenyAsync(tx, id, now, ct)) return ConsentFailures.Decided;
        await AppendAsync(tx, request, "consent.denied", proof, now, ct);
        await tx.CommitAsync();
        Log.AuthorizeDenied(log, request.Agent.ToString(), request.Principal, "denied by the person");
        return new Output(request, null);
    }

    /// <summary>An organization in sandbox mode decides by itself, which a live one may not.</summary>
    /// <returns>The request, or that it is not this organization's to decide.</returns>
    public async Task<Result<ConsentRequest>> FindOwnAsync(ApiCaller caller, Id<ConsentRequest> id, CancellationToken ct)
    {
        if (caller.Mode == OrganizationMode.Live) return ConsentFailures.ConsentRequired;
        var request = await ConsentStore.FindAsync(db, id, ct);
        return request is null || request.Organization != caller.Organization ? ConsentFailures.NotFound : request;
    }

    private static async Task<Failure?> TooWeakAsync(DbTx tx, ConsentRequest request, ConsentProof proof, CancellationToken ct)
    {
        var organization = await OrganizationStore.FindAsync(tx, request.Organization, ct);
        if (organization is null) return ConsentFailures.Gone;
        return proof < organization.LeastProof ? ConsentFailures.ProofTooWeak(organization) : null;
    }

    private static Task AppendAsync(DbTx tx, ConsentRequest request, string type, ConsentProof proof, DateTimeOffset now, CancellationToken ct) =>
        AuditLog.AppendAsync(
            tx,
            new AuditEvent(request.Organization.ToString(), type, "principal", request.Id.ToString())
            {
                Data = new() { ["agent"] = request.Agent.ToString(), ["principal"] = request.Principal, ["proof"] = Words.Of(proof) },
            },
            now, ct);
}
