using Credence.Organizations;
using Credence.Passkeys;
using Credence.People;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>
/// A person adds and removes passkeys of their account. It takes a sign-in within the last five minutes, so that nobody who comes across an open browser stays in
/// the account (contract standards 18).
/// </summary>
public sealed class AccountPasskeys(EnrolPasskey enrol, RemovePasskey remove, PasskeyOptions options, TimeProvider clock)
{
    /// <returns>Their passkeys, newest first.</returns>
    public static Task<List<Passkey>> ListAsync(DbSession db, PersonId person, CancellationToken ct) =>
        PasskeyStore.ListAsync(db, PasskeyOwner.Of(person), PasskeyEnrolment.Session, ct);

    /// <returns>What the browser is told; or that the sign-in is too old, or that there are as many as there can be.</returns>
    public async Task<Result<CeremonyOptions>> BeginAsync(BrowserSession signed, PersonCaller caller, CancellationToken ct) =>
        signed.IsFresh(clock.Now())
            ? await enrol.BeginAsync(Enroller.Of(caller), caller.Person.ToString(), signed.Name, options.RelyingPartyName ?? options.RelyingPartyId, ct)
            : SignInFailures.NotFresh;

    /// <returns>The passkey; or why there is none.</returns>
    public Task<Result<Passkey>> FinishAsync(PersonCaller caller, Id<PasskeyChallenge> challenge, EnrolmentResponse response, string? name, CancellationToken ct) =>
        enrol.FinishAsync(Enroller.Of(caller), challenge, response, name, ct);

    /// <returns>True; or that there is no such passkey, or the sign-in is too old.</returns>
    public async Task<Result<bool>> RemoveAsync(BrowserSession signed, PersonCaller caller, Id<Passkey> passkey, CancellationToken ct) =>
        signed.IsFresh(clock.Now())
            ? await remove.RunAsync(PasskeyOwner.People, caller.Person.ToString(), passkey, caller.Person.ToString(), ct)
            : SignInFailures.NotFresh;
}
