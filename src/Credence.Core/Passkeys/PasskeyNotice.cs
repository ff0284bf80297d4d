using Credence.Messages;
using Credence.People;
using Credence.Storage;

namespace Credence.Passkeys;

/// <summary>
/// Somebody with an account is told by mail that a passkey was added to it or removed from it (contract standards 18), at every address that is known to be theirs.
/// </summary>
public sealed class PasskeyNotice(MessageQueue messages)
{
    /// <summary>The mail of a new one.</summary>
    public const string Added = "passkey-added";

    /// <summary>The mail of one that is gone.</summary>
    public const string Removed = "passkey-removed";

    /// <summary>Queues the mails, in the transaction of the change; an organization's passkeys are its own to tell of.</summary>
    internal async Task AddAsync(DbTx tx, Passkey passkey, string template, CancellationToken ct)
    {
        if (!passkey.Owner.IsPerson || !PersonId.TryParse(passkey.Owner.Name, out var id) || await PersonStore.FindAsync(tx, id, ct) is not { } person) return;
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = person.Profile.FirstName ?? "" };
        foreach (var address in await PersonStore.IdentifiersAsync(tx, id, ct))
        {
            if (address is not { Scheme: IdentifierScheme.Email, Verified: true }) continue;
            await messages.AddAsync(tx, new Message(MessageChannel.Mail, address.Value, template, person.Profile.Locale ?? "en", values), ct);
        }
    }
}
