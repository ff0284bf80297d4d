using Credence.Agents;
using Credence.Grants;
using Credence.Passkeys;
using Microsoft.Extensions.Primitives;

namespace Credence.Server.Pages.Permissions;

/// <summary>What the page's forms send: one thing to do, and to what, each once.</summary>
internal abstract record PermissionsForm
{
    private const int LongestName = 100;

    private PermissionsForm()
    {
    }

    /// <summary>Opens a session with a link.</summary>
    public sealed record Open(string Link) : PermissionsForm;

    /// <summary>Takes back all that one agent holds.</summary>
    public sealed record StopAgent(Id<Agent> Agent) : PermissionsForm;

    /// <summary>Takes back one permission.</summary>
    public sealed record StopGrant(Id<Grant> Grant) : PermissionsForm;

    /// <summary>Takes back everything.</summary>
    public sealed record StopAll : PermissionsForm;

    /// <summary>Enrols a passkey.</summary>
    public sealed record AddPasskey(Id<PasskeyChallenge> Challenge, EnrolmentResponse Response, string? Name) : PermissionsForm;

    /// <summary>Removes one.</summary>
    public sealed record RemovePasskey(Id<Passkey> Passkey) : PermissionsForm;

    /// <summary>Ends the session.</summary>
    public sealed record SignOut : PermissionsForm;

    /// <summary>Reads the body, or says why it cannot be taken.</summary>
    public static async Task<(PermissionsForm? Form, Notice? Notice)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        var (form, refused) = await PageForm.ReadAsync(http, ct);
        if (form is null) return (null, PermissionsNotices.BadForm(refused));
        return Read(form["do"], form["what"], form["name"]) is { } read ? (read, null) : (null, PermissionsNotices.BadForm(StatusCodes.Status400BadRequest));
    }

    private static PermissionsForm? Read(StringValues verb, StringValues what, StringValues name) => (verb, what) switch
    {
        (["open"], [{ } link]) => new Open(link),
        (["stop-agent"], [{ } text]) when Id<Agent>.TryParse(text, out var agent) => new StopAgent(agent),
        (["stop-grant"], [{ } text]) when Id<Grant>.TryParse(text, out var grant) => new StopGrant(grant),
        (["stop-all"], []) => new StopAll(),
        (["add-passkey"], [{ } text]) when PasskeyField.ReadNew(text) is { } made && name is [{ Length: <= LongestName } called] =>
            new AddPasskey(made.Challenge, made.Response, string.IsNullOrWhiteSpace(called) ? null : called.Trim()),
        (["remove-passkey"], [{ } text]) when Id<Passkey>.TryParse(text, out var passkey) => new RemovePasskey(passkey),
        (["sign-out"], []) => new SignOut(),
        _ => null,
    };
}
