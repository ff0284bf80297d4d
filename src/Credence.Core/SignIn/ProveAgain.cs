using Credence.People;
using Credence.SecondFactors;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>
/// Somebody who is signed in shows once more that it is them, before they change how they sign in: with their password or a code. Where nothing is taken away, having
/// signed in within the last five minutes does too.
/// </summary>
public sealed class ProveAgain(Db db, OwnPassword own, TryFactor tryFactor, TimeProvider clock)
{
    /// <summary>What is shown: one of the two.</summary>
    /// <param name="Password">The password, or null.</param>
    /// <param name="Code">A code of their app, or a recovery code, or null.</param>
    /// <param name="Network">Whose failures are counted together.</param>
    public sealed record Shown(string? Password, FactorProof.Code? Code, string Network)
    {
        /// <inheritdoc/>
        public override string ToString() => "[secret]";
    }

    /// <summary>What was right, to be taken with the change.</summary>
    /// <param name="Hash">The hash that a password was found right by, or null.</param>
    /// <param name="Factor">The second factor, or null.</param>
    public sealed record Proven(string? Hash, ProvenFactor? Factor)
    {
        /// <summary>Takes it, in the transaction of the change, with the person's row held.</summary>
        /// <returns>False when the password was changed meanwhile, or the code used.</returns>
        public async Task<bool> TakeAsync(DbTx tx, PersonId person, DateTimeOffset now, CancellationToken ct)
        {
            if (Factor is not null) return await Factor.SpendAsync(tx, person.ToString(), now, ct);
            return Hash is null || await PersonPasswords.IsStillAsync(tx, person, Hash, ct);
        }

        /// <inheritdoc/>
        public override string ToString() => "[secret]";
    }

    /// <returns>What was right; or that it is wrong, or too early to try again.</returns>
    public async Task<Result<Proven>> RunAsync(PersonCaller caller, Shown shown, CancellationToken ct)
    {
        if (shown.Code is not null)
        {
            var proven = await tryFactor.RunAsync(caller.Person, shown.Code, subject: "", shown.Network, ct);
            return proven.Succeeded ? new Proven(null, proven.Value) : proven.Failure;
        }

        var hash = await own.ProveAsync(caller.Person, shown.Password ?? "", shown.Network, ct);
        return hash.Succeeded ? new Proven(hash.Value, null) : hash.Failure;
    }

    /// <returns>The same; who shows nothing must have signed in just now.</returns>
    public async Task<Result<Proven>> OrFreshAsync(PersonCaller caller, Shown? shown, CancellationToken ct)
    {
        if (shown is not null) return await RunAsync(caller, shown, ct);
        var session = await PersonSessionStore.FindAsync(db, caller.Session, ct);
        return session?.IsFresh(clock.Now()) == true ? new Proven(null, null) : SignInFailures.NotFresh;
    }
}
