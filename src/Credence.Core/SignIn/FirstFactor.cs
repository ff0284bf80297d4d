using Credence.Audit;
using Credence.People;
using Credence.SecondFactors;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>A first factor that was right.</summary>
/// <param name="Person">Whose.</param>
/// <param name="How">What it was, for the log: <c>password</c>.</param>
/// <param name="Methods">What it was, for the token.</param>
/// <param name="ClientId">The program they say they use, or null.</param>
/// <param name="Origin">Whence.</param>
public sealed record FirstFactor(PersonId Person, string How, Authentication Methods, string? ClientId, AuditOrigin Origin);

/// <summary>A second factor is asked for.</summary>
/// <param name="Token">What to come back with.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="Ways">What may be shown.</param>
public sealed record SecondStep(string Token, DateTimeOffset ExpiresAt, IReadOnlyList<SecondFactor> Ways) : SignInStep
{
    /// <summary>What it is called where a sign-in is counted.</summary>
    public const string Result = "second_factor";

    /// <inheritdoc/>
    public override string ToString() => "[secret]";
}

/// <summary>
/// The end of a first factor, whichever it was: a session, or, for somebody who has a second factor, what they show it with. It is prepared before the transaction
/// that records it.
/// </summary>
public sealed class AfterFirstFactor(Db db, BeginSession begin)
{
    /// <summary>Prepares what follows.</summary>
    public async Task<Prepared> PrepareAsync(FirstFactor first, DateTimeOffset now, CancellationToken ct)
    {
        var factors = await PersonFactors.OfAsync(db, first.Person, ct);
        if (factors.AreAsked) return new Prepared(first, null, new SecondStep(Secret.New("sip_"), now + PendingSignIn.Life, factors.Ways));
        var session = PersonSession.New(first.Person, first.ClientId, first.Origin, first.Methods, now);
        return new Prepared(first, session, await begin.PrepareAsync(session, now, ct));
    }

    /// <summary>What follows, ready to be recorded.</summary>
    /// <param name="First">The first factor.</param>
    /// <param name="Session">The session; null where there is none yet.</param>
    /// <param name="Step">What its owner is told once it is recorded.</param>
    public sealed record Prepared(FirstFactor First, PersonSession? Session, SignInStep Step)
    {
        /// <summary>Records it, unless they were stopped meanwhile. It takes their row.</summary>
        /// <returns>False when they may not sign in.</returns>
        public Task<bool> RecordAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) => Step switch
        {
            SignedIn signed => BeginSession.RecordAsync(tx, Session!, signed, First.How, now, ct),
            SecondStep second => AskAsync(tx, second, now, ct),
            _ => throw new InvalidOperationException("signing in leads to nothing else"),
        };

        private async Task<bool> AskAsync(DbTx tx, SecondStep second, DateTimeOffset now, CancellationToken ct)
        {
            if (!await PersonStore.HoldActivatedAsync(tx, First.Person, ct)) return false;
            var pending = new PendingSignIn(Secret.Hash(second.Token), First.Person, First.How, First.Methods, First.ClientId, second.ExpiresAt);
            await PendingSignIns.AddAsync(tx, pending, ct);
            var person = First.Person.ToString();
            await AuditLog.AppendAsync(
                tx, PeopleAudit.Event("person.second_factor_asked", person, person, First.Origin, new(StringComparer.Ordinal) { ["how"] = First.How }), now, ct);
            return true;
        }
    }
}
