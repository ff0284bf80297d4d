using Credence.Passwords;
using Credence.People;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>
/// Who it is that shows an identifier and a password, at whichever door. Whatever is wrong, the answer is one and the work is the same: a look at the database, and
/// a password verified (contract identity ID-11, forward-auth FA-2).
/// </summary>
public sealed class ProvePassword(Db db, PasswordHashes passwords, FailedAttempts attempts, TimeProvider clock)
{
    /// <summary>What somebody shows.</summary>
    /// <param name="Scheme">The sort of identifier.</param>
    /// <param name="Identifier">The identifier, as typed.</param>
    /// <param name="Password">The password, as typed.</param>
    /// <param name="Network">Whose failures are counted together: the address, of IPv6 its network.</param>
    /// <param name="Usual">In which form the door writes hashes.</param>
    public sealed record Input(IdentifierScheme Scheme, string Identifier, string Password, string Network, HashForm Usual)
    {
        /// <summary>Under which name failures of this identifier are counted.</summary>
        public string Counted => $"{Words.Of(Scheme)}:{Normalized.Of(Scheme, Identifier) ?? Identifier}";

        /// <inheritdoc/>
        public override string ToString() => $"{Scheme} [secret]";
    }

    /// <summary>Who it is.</summary>
    /// <param name="Person">The person.</param>
    /// <param name="Hash">The hash that the password was found right by.</param>
    /// <param name="Better">The hash to keep in its place, where that one is out of date.</param>
    public sealed record Output(Person Person, string Hash, string? Better)
    {
        /// <summary>In the transaction that records what came of it, with the person's row held: the password is still the one that was looked at, and is kept better.</summary>
        /// <returns>False when somebody changed it meanwhile.</returns>
        public async Task<bool> KeepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct)
        {
            if (!await PersonPasswords.IsStillAsync(tx, Person.Id, Hash, ct)) return false;
            if (Better is not null) await PersonPasswords.ExchangeAsync(tx, Person.Id, Hash, Better, now, ct);
            return true;
        }

        /// <inheritdoc/>
        public override string ToString() => $"{Person.Id} [secret]";
    }

    /// <returns>Who it is; or one refusal for whatever was wrong, but for an identifier that is theirs and was never proven.</returns>
    public async Task<Result<Output>> RunAsync(Input input, CancellationToken ct)
    {
        var now = clock.Now();
        var value = Normalized.Of(input.Scheme, input.Identifier);
        PersonIdentifier? identifier = null;
        string? hash = null;
        var refused = await attempts.GuardAsync(input.Counted, input.Network, now, VerifyAsync, ct);
        if (refused is not null) return refused;

        if (await PersonStore.FindAsync(db, identifier!.Person, ct) is not { Status: PersonStatus.Activated } person) return SignInFailures.InvalidCredentials;
        if (!identifier.MaySignIn) return SignInFailures.IdentifierUnverified;
        return new Output(person, hash!, await BetterAsync(hash!, input.Password, ct));

        async Task<Result<bool>> VerifyAsync()
        {
            identifier = value is null ? null : await PersonStore.FindAsync(db, input.Scheme, value, ct);
            hash = await PersonPasswords.FindAsync(db, identifier?.Person ?? default, ct); // nobody has the id 0: whether there is somebody must not show in the time either
            return await passwords.VerifyAsync(hash, input.Password, input.Usual, ct);
        }
    }

    private async Task<string?> BetterAsync(string hash, string password, CancellationToken ct)
    {
        var form = PasswordHashes.FormOf(hash);
        if (!passwords.IsOutdated(hash) || !passwords.Takes(form, password)) return null;
        return await passwords.HashAsync(form, password, ct) is { Succeeded: true } written ? written.Value : null;
    }
}
