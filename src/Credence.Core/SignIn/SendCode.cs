using System.Globalization;
using Credence.Messages;
using Credence.OneTimeCodes;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>A code that is on its way.</summary>
/// <param name="SessionToken">What must come back with it.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record CodeSent(string SessionToken, DateTimeOffset ExpiresAt);

/// <summary>
/// Makes a code and queues the message that brings it. Where there is nobody to write to, the steps in shared state and the transaction are the same, and the
/// message goes to nobody (contract identity A 22, decision 0043).
/// </summary>
public sealed class SendCode(Db db, RequestCode request, CodeSessions links, MessageQueue queue, SignInOptions options, TimeProvider clock)
{
    /// <summary>Who hears of a message with a code that was given up.</summary>
    internal const string Origin = "otp";

    /// <summary>What is asked for.</summary>
    /// <param name="Namespace">What the code is for.</param>
    /// <param name="Identifier">The identifier it is asked for, normalised; its cooldown, quota and lock hold.</param>
    /// <param name="To">Who gets it, and where; null when nobody does.</param>
    /// <param name="Locale">In which language; null for theirs.</param>
    public sealed record Input(CodeNamespace Namespace, string Identifier, Addressee? To, string? Locale);

    /// <summary>Somebody who gets a code.</summary>
    /// <param name="Person">Who.</param>
    /// <param name="Scheme">Whether by mail or to a telephone.</param>
    /// <param name="Address">Where.</param>
    /// <param name="Name">What they are called, or null.</param>
    /// <param name="Locale">Their language, or null.</param>
    public sealed record Addressee(PersonId Person, IdentifierScheme Scheme, string Address, string? Name, string? Locale)
    {
        /// <summary>Somebody at an identifier; null when there is no such person, or no such identifier of theirs.</summary>
        public static Addressee? Of(PersonContact? contact, PersonIdentifier? at) =>
            contact is null || at is null ? null : new(contact.Person, at.Scheme, at.Value, contact.Name, contact.Locale);
    }

    /// <summary>Makes the code and queues its message.</summary>
    public async Task<Result<CodeSent>> RunAsync(Input input, CancellationToken ct)
    {
        var prepared = await PrepareAsync(input, ct);
        if (!prepared.Succeeded) return prepared.Failure;
        await using var tx = await db.BeginAsync(ct);
        await queue.AddAsync(tx, prepared.Value.Message, ct);
        await tx.CommitAsync();
        return prepared.Value.Sent;
    }

    /// <summary>Makes the code; its message is the caller's to queue, in a transaction of its own.</summary>
    internal async Task<Result<(CodeSent Sent, Message Message)>> PrepareAsync(Input input, CancellationToken ct)
    {
        var (ns, to) = (input.Namespace, input.To);
        var made = await request.RunAsync(ns, input.Identifier, to is null ? null : new CodeRecipient(to.Person.ToString(), to.Address), ct);
        if (!made.Succeeded) return made.Failure;

        var code = made.Value;
        var life = code.ExpiresAt - clock.Now();
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["code"] = code.Code ?? "",
            ["minutes"] = Math.Max(1, Math.Round(life.TotalMinutes)).ToString(CultureInfo.InvariantCulture),
        };
        if (to?.Name is { } name) values["name"] = name;
        if (ns == CodeNamespace.VerifyEmail)
        {
            var proof = to is null ? "" : new ProvenIdentifier(to.Person, to.Scheme, to.Address).ToText();
            var link = await links.OpenAsync(ns, proof, life, ct);
            if (!link.Succeeded) return link.Failure;
            values["link"] = options.VerifyEmailLink + link.Value.Token;
        }

        var channel = (to?.Scheme ?? UsualScheme(ns)) == IdentifierScheme.PhoneNumber ? MessageChannel.Sms : MessageChannel.Mail;
        var message = new Message(channel, to?.Address ?? Message.Nobody, ns.Word(), input.Locale ?? to?.Locale ?? MessageTemplates.UsualLocale, values)
        {
            Origin = new MessageOrigin(Origin, ns.Word(), input.Identifier),
            Until = code.ExpiresAt,
        };
        return (new CodeSent(code.SessionToken, code.ExpiresAt), message);
    }

    private static IdentifierScheme UsualScheme(CodeNamespace ns) =>
        ns is CodeNamespace.VerifyPhone or CodeNamespace.AddPhone or CodeNamespace.PhoneAuth ? IdentifierScheme.PhoneNumber : IdentifierScheme.Email;
}
