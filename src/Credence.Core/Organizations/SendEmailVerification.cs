using Credence.Messages;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Organizations;

/// <summary>Mails an organization a link that proves it reads an address.</summary>
public sealed class SendEmailVerification(Db db, Mailer mailer, TimeProvider clock, ILogger<SendEmailVerification> log)
{
    /// <summary>How long the link works.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    /// <param name="caller">Whose address it shall become.</param>
    /// <param name="typed">The address as typed.</param>
    /// <param name="link">Makes the link from its secret part.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>When the link stops working; the answer is the same whether or not mail is set up.</returns>
    public async Task<Result<DateTimeOffset>> RunAsync(ApiCaller caller, string typed, Func<string, string> link, CancellationToken ct)
    {
        if (EmailAddress.Normalize(typed) is not { } email) return OrganizationFailures.EmailMalformed;
        var expires = clock.Now() + Life;
        var secret = Secret.New("");

        await using (var tx = await db.BeginAsync(ct))
        {
            await EmailVerificationStore.AddAsync(tx, Secret.Hash(secret), new EmailVerification(caller.Organization, email, expires, Opened: false), ct);
            await tx.CommitAsync();
        }

        var sent = await mailer.SendAsync(
            [email], new MailContent("Confirm your e-mail address", $"Open this link within 24 hours to confirm your address:\n\n{link(secret)}\n"), ct);
        if (!sent.Succeeded && sent.Failure != MessageFailures.NoMail)
        {
            Log.MailFailed(log, sent.Failure.Code, sent.Failure.Detail); // the caller may ask again; the answer must not tell who has which mail server
        }

        return expires;
    }
}
