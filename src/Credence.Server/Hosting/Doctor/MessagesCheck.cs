using Credence.Messages;

namespace Credence.Server.Hosting.Doctor;

/// <summary>Whether mails and short messages would leave: the mail server lets this server sign on, the provider can be connected to. None is sent.</summary>
internal static class MessagesCheck
{
    /// <summary>Tries both at once.</summary>
    public static async Task RunAsync(IServiceProvider services, TimeSpan patience, Examination found, CancellationToken ct)
    {
        var providers = services.GetRequiredService<ReachProviders>();
        var (mail, sms) = (providers.RunAsync(MessageChannel.Mail, patience, ct), providers.RunAsync(MessageChannel.Sms, patience, ct));
        Take("mail", "mails do not leave", await mail, found);
        Take("sms", "short messages do not leave", await sms, found);
    }

    private static void Take(string check, string wrong, Reached? reached, Examination found)
    {
        if (reached is null) return;
        if (reached.Problem is { } problem) found.Found(check, wrong, $"{reached.Where}: {problem.Detail}", Fix(check == "mail", reached.IsSetAtRunTime, problem.Code));
        found.Looked($"{check}: {reached.Where}");
    }

    private static string Fix(bool isMail, bool isSetAtRunTime, string code)
    {
        var place = !isMail ? "the configuration SMS provider" : isSetAtRunTime ? "the configuration MAIL smtp" : "SMTP_URL, or APP_ENV_SMTP_HOST and its like";
        var what = code switch
        {
            "configuration.credential_lost" => $"give the former secret as APP_ENV_APPLICATION_SECRET_PREVIOUS (or DATA_ENCRYPTION_KEY_PREVIOUS), or set the credential anew in {place}",
            "smtp.auth" => $"correct user name and password in {place}",
            "smtp.tls" => $"give the mail server STARTTLS or TLS with a certificate that this machine trusts, or correct its name and port in {place}",
            _ => $"start it, open the way there from this machine, or correct its address in {place}",
        };
        return $"{what}; the server needs {(isSetAtRunTime ? "no restart" : "a restart")} afterwards: docs/messages.md";
    }
}
