using Credence.Messages;
using Credence.People;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>What people are told about their accounts, queued in the transaction of what it tells of.</summary>
public sealed class PersonNotices(MessageQueue queue)
{
    /// <summary>The message that a second factor is asked for from now on, or that another is.</summary>
    public const string SecondFactorAdded = "second-factor-added";

    /// <summary>The message that one is asked for no more.</summary>
    public const string SecondFactorRemoved = "second-factor-removed";

    /// <summary>The message that somebody has their password, and not the second factor.</summary>
    public const string SecondFactorRefused = "second-factor-refused";

    /// <summary>The message of new recovery codes.</summary>
    public const string RecoveryCodesMade = "recovery-codes-made";

    /// <summary>The message that a recovery code signed them in.</summary>
    public const string RecoveryCodeUsed = "recovery-code-used";

    /// <summary>Tells somebody that their password changed, wherever they were proven to be (contract identity ID-14, ID-28).</summary>
    public Task PasswordChangedAsync(DbTx tx, PersonId person, CancellationToken ct) => TellAsync(tx, person, "password-changed", ct);

    /// <summary>Tells somebody of a change, wherever they were proven to be.</summary>
    /// <param name="tx">The transaction of the change.</param>
    /// <param name="person">Who.</param>
    /// <param name="template">The message.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task TellAsync(DbTx tx, PersonId person, string template, CancellationToken ct)
    {
        if (await PersonContact.FindAsync(tx, person, ct) is { } contact) await TellAsync(tx, contact, contact.Proven(), template, ct);
    }

    /// <summary>Tells somebody, wherever they were proven to be until now, that they can sign in with something more. Called before it is so.</summary>
    internal async Task IdentifierAddedAsync(DbTx tx, PersonId person, IdentifierScheme scheme, string value, CancellationToken ct)
    {
        if (await PersonContact.FindAsync(tx, person, ct) is not { } contact || contact.Of(scheme, value) is { Verified: true }) return;
        await TellAsync(tx, contact, contact.Proven(), "identifier-added", ct);
    }

    /// <summary>Tells somebody, wherever they were proven to be until now, that they can sign in with something no more. Called before it is so.</summary>
    internal async Task IdentifierRemovedAsync(DbTx tx, PersonIdentifier gone, CancellationToken ct)
    {
        if (await PersonContact.FindAsync(tx, gone.Person, ct) is not { } contact) return;
        var places = contact.Proven().Where(at => at.Id != gone.Id);
        await TellAsync(tx, contact, gone.Verified ? places.Append(gone) : places, "identifier-removed", ct);
    }

    private async Task TellAsync(DbTx tx, PersonContact contact, IEnumerable<PersonIdentifier> places, string template, CancellationToken ct)
    {
        foreach (var at in places) await queue.AddAsync(tx, To(at, template, contact.Name, contact.Locale), ct);
    }

    /// <summary>A message without a code.</summary>
    internal static Message To(PersonIdentifier at, string template, string? name, string? locale)
    {
        var channel = at.Scheme == IdentifierScheme.PhoneNumber ? MessageChannel.Sms : MessageChannel.Mail;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (name is not null) values["name"] = name;
        return new Message(channel, at.Value, template, locale ?? MessageTemplates.UsualLocale, values);
    }
}
