using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Credence.Credentials;
using Credence.Organizations;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence bootstrap</c> (contract agent-idp AE-00): the organization that runs the installation, and its first administrator.</summary>
internal static partial class BootstrapCommand
{
    /// <summary>The command.</summary>
    public static Command Command(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var name = new Option<string>("--org-name") { Description = "What the organization is called.", Required = true };
        var slug = new Option<string>("--org-slug") { Description = "Its name in addresses: 2 to 50 of a-z, 0-9 and -.", Required = true };
        var email = new Option<string>("--email") { Description = "The administrator's e-mail address.", Required = true };
        var command = new Command("bootstrap", "Makes the organization that runs this installation and an administrator of it, and shows the client secret for the only time.")
        {
            name, slug, email, json,
        };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var input = new Bootstrap.Input(parsed.GetValue(name)!.Trim(), parsed.GetValue(slug)!, parsed.GetValue(email)!.Trim());
            if (input.Name.Length is < 2 or > 100) return Tool.Refuse(Failure.Invalid("--org-name must have 2 to 100 characters"));
            if (!Slug().IsMatch(input.Slug)) return Tool.Refuse(Failure.Invalid("--org-slug must have 2 to 50 of a-z, 0-9 and -"));
            if (EmailAddress.Normalize(input.Email) is null) return Tool.Refuse(OrganizationFailures.EmailMalformed);
            return Tool.Show(
                await services.GetRequiredService<Bootstrap>().RunAsync(input, ct),
                made => parsed.GetValue(json)
                    ? JsonSerializer.Serialize(Begun.Of(made), ToolJson.Default.Begun)
                    : $"client_id={made.Agent.Id.Value}{Environment.NewLine}client_secret={made.Credential.Secret}");
        }));
        return command;
    }

    [GeneratedRegex("^[a-z0-9-]{2,50}\\z", RegexOptions.None, 100)]
    private static partial Regex Slug();
}

/// <summary>What an installation begins with, as the command shows it, the secret for the only time.</summary>
internal sealed record Begun(string Organization, Guid ClientId, string ClientSecret)
{
    public static Begun Of(Bootstrap.Output made) => new(made.Organization.Id.ToString(), made.Agent.Id.Value, made.Credential.Secret);
}
