using Credence.Passkeys;
using Credence.People;
using Credence.Storage;

namespace Credence.SecondFactors;

/// <summary>What somebody shows as a second factor.</summary>
/// <param name="Factor">Which.</param>
public abstract record FactorProof(SecondFactor Factor)
{
    /// <summary>A code as it was typed: six digits are of a device, anything else was kept on paper.</summary>
    public static Code Of(string typed) =>
        new(typed.Count(char.IsAsciiDigit) == Totp.Digits && typed.All(sign => char.IsAsciiDigit(sign) || char.IsWhiteSpace(sign)) ? SecondFactor.Totp : SecondFactor.RecoveryCode, typed);

    /// <summary>A code, of a device or kept on paper.</summary>
    /// <param name="Factor">Which of the two.</param>
    /// <param name="Typed">The code as it was typed.</param>
    public sealed record Code(SecondFactor Factor, string Typed) : FactorProof(Factor)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Factor} [secret]";
    }

    /// <summary>The answer of a passkey.</summary>
    /// <param name="Challenge">What was asked.</param>
    /// <param name="Response">The answer.</param>
    public sealed record Passkey(Id<PasskeyChallenge> Challenge, AssertionResponse Response) : FactorProof(SecondFactor.Passkey)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Factor} [secret]";
    }
}

/// <summary>A second factor that was right, and has yet to be taken: with what is done because of it, and once.</summary>
public abstract record ProvenFactor(PersonId Person, SecondFactor Factor, Authentication How)
{
    /// <summary>Takes it, in the transaction of what is done because of it.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="about">What is done: the id of a session.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False when somebody took it first: of any number of callers one is told true.</returns>
    public abstract Task<bool> SpendAsync(DbTx tx, string about, DateTimeOffset now, CancellationToken ct);

    internal sealed record Step(PersonId Person, long Number) : ProvenFactor(Person, SecondFactor.Totp, Authentication.OneTimeCode)
    {
        public override Task<bool> SpendAsync(DbTx tx, string about, DateTimeOffset now, CancellationToken ct) => TotpStore.SpendAsync(tx, Person, Number, ct);
    }

    internal sealed record Kept(PersonId Person, string Hash) : ProvenFactor(Person, SecondFactor.RecoveryCode, Authentication.OneTimeCode)
    {
        public override Task<bool> SpendAsync(DbTx tx, string about, DateTimeOffset now, CancellationToken ct) => RecoveryCodes.SpendAsync(tx, Person, Hash, now, ct);
    }

    internal sealed record Key(PersonId Person, PasskeyUse Use) : ProvenFactor(Person, SecondFactor.Passkey, Authentication.Passkey(Use.Passkey.BackupEligible))
    {
        public override Task<bool> SpendAsync(DbTx tx, string about, DateTimeOffset now, CancellationToken ct) => UsePasskey.RecordAsync(tx, Use, about, now, ct);
    }
}
