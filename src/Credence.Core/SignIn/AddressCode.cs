using System.Globalization;
using Credence.Messages;
using Credence.OneTimeCodes;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>
/// Finds whom a code goes to that was asked for with <see cref="SendCode"/>, and makes it. A number signs in only once it was proven: its owner would come into the
/// account of whoever wrote it down.
/// </summary>
internal sealed class AddressCode(Db db, MakeCode make, CodeSessions links, SignInOptions options, TimeProvider clock)
{
    /// <summary>Addresses the message.</summary>
    /// <returns>The message with the code, to nobody where there is none to write to; or that the shared state is away.</returns>
    public async Task<Result<Message>> RunAsync(Message unaddressed, CancellationToken ct)
    {
        var nobody = unaddressed with { To = Message.Nobody };
        if (AskedCode.Read(unaddressed) is not { Input: var input } asked || unaddressed.Until is not { } until) return nobody;
        if (await FindAsync(input, ct) is not ({ } contact, { } scheme, { } address)) return nobody;

        var code = await make.RunAsync(input.Namespace, asked.Session, new CodeRecipient(contact.Person.ToString(), address), ct);
        if (code.Failure == CodeFailures.Invalid) return nobody; // another was asked for since
        if (!code.Succeeded) return code.Failure;

        var life = until - clock.Now();
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["code"] = code.Value,
            ["minutes"] = Math.Max(1, Math.Round(life.TotalMinutes)).ToString(CultureInfo.InvariantCulture),
        };
        if (contact.Name is { } name) values["name"] = name;
        if (input.Namespace == CodeNamespace.VerifyEmail)
        {
            var link = await links.OpenAsync(input.Namespace, new ProvenIdentifier(contact.Person, scheme, address).ToText(), life, ct);
            if (!link.Succeeded) return link.Failure;
            values["link"] = options.VerifyEmailLink + link.Value.Token;
        }

        var channel = scheme == IdentifierScheme.PhoneNumber ? MessageChannel.Sms : MessageChannel.Mail;
        return new Message(channel, address, unaddressed.Template, input.Locale ?? contact.Locale ?? MessageTemplates.UsualLocale, values)
        {
            Origin = unaddressed.Origin,
            Until = until,
        };
    }

    private async Task<(PersonContact Contact, IdentifierScheme Scheme, string Address)?> FindAsync(SendCode.Input asked, CancellationToken ct)
    {
        var (ns, scheme, value, only, _) = asked;
        if (ns is CodeNamespace.AddEmail or CodeNamespace.AddPhone) return await FindAdderAsync(asked, ct);
        if (await PersonContact.FindAsync(db, scheme, value, ct) is not { } contact || (only is not null && contact.Person != only)) return null;
        var at = ns switch
        {
            CodeNamespace.ForgotPassword => RecoverPassword.Reach(contact, scheme, value),
            CodeNamespace.PhoneAuth => contact.Of(scheme, value) is { Verified: true } proven ? proven : null,
            _ => contact.Of(scheme, value),
        };
        return at is null ? null : (contact, at.Scheme, at.Value);
    }

    /// <summary>Who adds an identifier gets the code there, unless somebody else has proven it.</summary>
    private async Task<(PersonContact Contact, IdentifierScheme Scheme, string Address)?> FindAdderAsync(SendCode.Input asked, CancellationToken ct)
    {
        if (asked.For is not { } person || await PersonContact.FindAsync(db, person, ct) is not { } contact) return null;
        var holder = await PersonStore.FindAsync(db, asked.Scheme, asked.Identifier, ct);
        return holder is { Verified: true } && holder.Person != person ? null : (contact, asked.Scheme, asked.Identifier);
    }
}
