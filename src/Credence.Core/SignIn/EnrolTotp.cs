using Credence.Audit;
using Credence.Passkeys;
using Credence.People;
using Credence.SecondFactors;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>A person lets an app make codes for signing in (RFC 6238): a secret first, which asks for nothing until the app's first code came back.</summary>
public sealed class EnrolTotp(Db db, ProveAgain again, TotpBox box, PersonNotices notices, PasskeyOptions names, TimeProvider clock)
{
    /// <summary>What an app is told, once.</summary>
    /// <param name="Secret">The secret, in base 32, to be typed.</param>
    /// <param name="Address">The same and all besides, to be scanned.</param>
    /// <param name="ExpiresAt">Until when the first code must come.</param>
    public sealed record Begun(string Secret, string Address, DateTimeOffset ExpiresAt)
    {
        /// <inheritdoc/>
        public override string ToString() => "[secret]";
    }

    /// <returns>The secret, in the place of one that was never confirmed; or that there is one already, or that they must show once more who they are.</returns>
    public async Task<Result<Begun>> BeginAsync(PersonCaller caller, ProveAgain.Shown? shown, CancellationToken ct)
    {
        var proven = await again.OrFreshAsync(caller, shown, ct);
        if (!proven.Succeeded) return proven.Failure;
        var (secret, sealedSecret) = box.New(caller.Person);

        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonStore.HoldAsync(tx, caller.Person, now, ct)) return PeopleFailures.NotFound;
        if (!await proven.Value.TakeAsync(tx, caller.Person, now, ct)) return SecondFactorFailures.Invalid;
        if (!await TotpStore.BeginAsync(tx, caller.Person, sealedSecret, now, ct)) return SecondFactorFailures.AlreadyThere;
        await AuditLog.AppendAsync(tx, caller.Act("person.totp_begun", caller.Person.ToString()), now, ct);
        await tx.CommitAsync();
        return await ToldAsync(caller.Person, secret, now, ct);
    }

    /// <returns>What was begun and waits for its first code, once more; null when nothing does.</returns>
    public async Task<Begun?> WaitingAsync(PersonId person, CancellationToken ct) =>
        await FindAsync(person, clock.Now(), ct) is { } secret && box.Show(secret) is { } shown ? await ToldAsync(person, shown, secret.CreatedAt, ct) : null;

    /// <returns>Recovery codes, to be shown once; none when they have some. Or that the code is not right, or nothing waits for one.</returns>
    public async Task<Result<RecoverySheet>> ConfirmAsync(PersonCaller caller, string code, CancellationToken ct)
    {
        var now = clock.Now();
        if (await FindAsync(caller.Person, now, ct) is not { } secret) return SecondFactorFailures.NothingBegun;
        if (box.Match(secret, code, now) is not { } step) return SecondFactorFailures.NotConfirmed;

        await using var tx = await db.BeginAsync(ct);
        if (!await PersonStore.HoldAsync(tx, caller.Person, now, ct)) return PeopleFailures.NotFound;
        if (!await TotpStore.ConfirmAsync(tx, secret, step, now, ct)) return SecondFactorFailures.NothingBegun;
        var sheet = await RecoveryCodes.MakeFirstAsync(tx, caller.Person, now, ct);
        await notices.TellAsync(tx, caller.Person, PersonNotices.SecondFactorAdded, ct);
        await AuditLog.AppendAsync(tx, caller.Act("person.totp_added", caller.Person.ToString()), now, ct);
        await tx.CommitAsync();
        return sheet;
    }

    private async Task<TotpSecret?> FindAsync(PersonId person, DateTimeOffset now, CancellationToken ct) =>
        await TotpStore.FindAsync(db, person, ct) is { ConfirmedAt: null } secret && now < secret.CreatedAt + TotpSecret.Wait ? secret : null;

    private async Task<Begun> ToldAsync(PersonId person, string secret, DateTimeOffset since, CancellationToken ct)
    {
        var account = PersonIdentifier.NameOf(await PersonStore.IdentifiersAsync(db, person, ct));
        return new Begun(secret, Totp.Address(names.RelyingPartyName ?? names.RelyingPartyId, account, secret), since + TotpSecret.Wait);
    }
}
