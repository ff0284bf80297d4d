using Credence.Audit;
using Credence.Passkeys;
using Credence.People;
using Credence.SecondFactors;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.SignIn;

/// <summary>Somebody who passed a first factor shows the second, and is signed in (docs/decisions/0044).</summary>
public sealed class FinishSignIn(
    Db db, TryFactor tryFactor, ProveFactor prove, UsePasskey passkeys, BeginSession begin, PersonNotices notices, Metrics metrics, TimeProvider clock, ILogger<FinishSignIn> log)
{
    /// <summary>What is shown.</summary>
    /// <param name="Token">What the first step gave.</param>
    /// <param name="Proof">The second factor.</param>
    /// <param name="Origin">Whence.</param>
    /// <param name="Network">Whose failures are counted together.</param>
    public sealed record Input(string Token, FactorProof Proof, AuditOrigin Origin, string Network)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Proof.Factor} [secret]";
    }

    /// <returns>What may be shown; null when there is no such sign-in, or it is over.</returns>
    public async Task<IReadOnlyList<SecondFactor>?> WaysAsync(string token, CancellationToken ct) =>
        await PendingSignIns.FindAsync(db, Secret.Hash(token), clock.Now(), ct) is { } pending ? (await PersonFactors.OfAsync(db, pending.Person, ct)).Ways : null;

    /// <returns>What the browser is told; or that the sign-in is over, or there is no passkey.</returns>
    public async Task<Result<CeremonyOptions>> AskPasskeyAsync(string token, CancellationToken ct)
    {
        var now = clock.Now();
        if (await PendingSignIns.FindAsync(db, Secret.Hash(token), now, ct) is not { } pending) return SecondFactorFailures.Over;
        var asked = await prove.AskPasskeyAsync(pending.Person, pending.Hash, now, ct);
        return asked.Succeeded ? asked : SecondFactorFailures.NoPasskey;
    }

    /// <returns>A session's first tokens; or that the factor is wrong, the sign-in over, or it is too early to try again.</returns>
    public async Task<Result<SignedIn>> RunAsync(Input input, CancellationToken ct)
    {
        var signed = await TryAsync(input, ct);
        SignInLog.Told(log, metrics, input.Proof.Factor, signed.Failure);
        return signed;
    }

    private async Task<Result<SignedIn>> TryAsync(Input input, CancellationToken ct)
    {
        var hash = Secret.Hash(input.Token);
        if (await PendingSignIns.FindAsync(db, hash, clock.Now(), ct) is not { } pending || await CountAsync(hash, ct) is not { } attempt) return SecondFactorFailures.Over;
        var proven = await tryFactor.RunAsync(pending.Person, input.Proof, subject: hash, input.Network, ct);
        if (!proven.Succeeded && proven.Failure == SecondFactorFailures.Invalid) await RecordRefusalAsync(pending.Person, input, isLast: attempt == PendingSignIn.MostAttempts, ct);
        return proven.Succeeded ? await AdmitAsync(pending, proven.Value, input.Origin, ct) : proven.Failure;
    }

    /// <summary>In a transaction of its own, before the factor is looked at: many at once are no more than one after the other.</summary>
    private async Task<int?> CountAsync(string hash, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var attempt = await PendingSignIns.TryAsync(tx, hash, clock.Now(), ct);
        await tx.CommitAsync();
        return attempt;
    }

    private async Task<Result<SignedIn>> AdmitAsync(PendingSignIn pending, ProvenFactor proven, AuditOrigin origin, CancellationToken ct)
    {
        var now = clock.Now();
        var session = PersonSession.New(pending.Person, pending.ClientId, origin, pending.First.Then(proven.How), now);
        var signed = await begin.PrepareAsync(session, now, ct);
        await using (var tx = await db.BeginAsync(ct))
        {
            if (!await BeginSession.RecordAsync(tx, session, signed, $"{pending.How}+{Words.Of(proven.Factor)}", now, ct)) return SecondFactorFailures.Over;
            if (!await PendingSignIns.SpendAsync(tx, pending.Hash, ct)) return SecondFactorFailures.Over;
            if (await proven.SpendAsync(tx, session.Id.ToString(), now, ct))
            {
                if (proven.Factor == SecondFactor.RecoveryCode) await notices.TellAsync(tx, pending.Person, PersonNotices.RecoveryCodeUsed, ct);
                await tx.CommitAsync();
                return signed;
            }
        }

        if (proven is ProvenFactor.Key key) await passkeys.RefuseAsync(key.Use, ct);
        return SecondFactorFailures.Invalid;
    }

    /// <summary>Whoever is wrong here has the first factor: its owner is told, once they have been so as often as they may.</summary>
    private async Task RecordRefusalAsync(PersonId person, Input input, bool isLast, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["factor"] = Words.Of(input.Proof.Factor) };
        await AuditLog.AppendAsync(tx, PeopleAudit.Event("person.second_factor_refused", "system", person.ToString(), input.Origin, facts), clock.Now(), ct);
        if (isLast) await notices.TellAsync(tx, person, PersonNotices.SecondFactorRefused, ct);
        await tx.CommitAsync();
    }
}
