using Credence.Messages;
using Credence.People;
using Credence.State;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>
/// What a sign-up sends (contract identity ID-10): to somebody new a welcome and a code; to one whose address or number it was, a notice. Shared state is asked the
/// same in both cases. While it is away people sign up all the same, and ask for the code later.
/// </summary>
public sealed class WelcomePerson(Db db, SendCode send, MessageQueue queue, ISharedState state)
{
    private static readonly TimeSpan BetweenNotices = TimeSpan.FromHours(1);

    /// <summary>What is to be sent.</summary>
    /// <param name="IsTaken">Whether somebody has the address or number, so that nobody is to be made.</param>
    /// <param name="Verification">Where the code is to be shown.</param>
    /// <param name="Messages">The messages.</param>
    internal sealed record Prepared(bool IsTaken, CodeSent? Verification, IReadOnlyList<Message> Messages)
    {
        /// <summary>Nothing is sent.</summary>
        public static readonly Prepared Nothing = new(IsTaken: false, null, []);
    }

    /// <summary>Makes the code, and finds out who has what.</summary>
    internal async Task<Prepared> PrepareAsync(IReadOnlyList<PersonIdentifier> identifiers, PersonProfile profile, DateTimeOffset now, CancellationToken ct)
    {
        PersonIdentifier[] reached = [.. identifiers.Where(one => one.Scheme != IdentifierScheme.Username)];
        if (reached is not [var first, ..]) return Prepared.Nothing;

        var messages = new List<Message>();
        var isTaken = false;
        foreach (var identifier in reached)
        {
            var owned = await PersonStore.FindAsync(db, identifier.Scheme, identifier.Value, ct);
            var mayTell = await MayTellAsync(identifier.Value, owned is not null, now, ct);
            if (owned is null) continue;
            isTaken = true;
            var owner = await PersonContact.FindAsync(db, owned.Person, ct);
            if (mayTell && owner is not null) messages.Add(PersonNotices.To(owned, "sign-up-attempt", owner.Name, owner.Locale));
        }

        var ask = new SendCode.Input(VerifyIdentifier.NamespaceOf(first.Scheme), first.Scheme, first.Value, first.Person, profile.Locale);
        var code = await send.PrepareAsync(ask, ct);
        if (code.Succeeded) messages.Add(code.Value.Message);
        if (!isTaken && first.Scheme == IdentifierScheme.Email) messages.Add(PersonNotices.To(first, "welcome", profile.FirstName, profile.Locale));
        return new Prepared(isTaken, code.Succeeded ? code.Value.Sent : null, messages);
    }

    /// <summary>Queues them.</summary>
    internal async Task QueueAsync(DbTx tx, Prepared prepared, CancellationToken ct)
    {
        foreach (var message in prepared.Messages) await queue.AddAsync(tx, message, ct);
    }

    /// <summary>Once an hour, or anybody could flood somebody. A free identifier is looked up in the same place, which is the same work.</summary>
    private async Task<bool> MayTellAsync(string identifier, bool isTaken, DateTimeOffset now, CancellationToken ct)
    {
        var key = $"sign-up-attempt:cooldown:{identifier}";
        var told = isTaken ? await state.ClaimAsync(key, BetweenNotices, now, ct) : await state.LeftAsync(key, now, ct);
        return told is { Known: true, Left: null };
    }
}
