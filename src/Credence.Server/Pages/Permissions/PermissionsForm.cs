using Credence.Agents;
using Credence.Grants;
using Microsoft.Extensions.Primitives;

namespace Credence.Server.Pages.Permissions;

/// <summary>What the page's forms send: one thing to do, and to what, each once.</summary>
internal abstract record PermissionsForm
{
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

    /// <summary>Ends the session.</summary>
    public sealed record SignOut : PermissionsForm;

    /// <summary>Reads the body, or says why it cannot be taken.</summary>
    public static async Task<(PermissionsForm? Form, Notice? Notice)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        var (form, refused) = await PageForm.ReadAsync(http, ct);
        if (form is null) return (null, PermissionsNotices.BadForm(refused));
        return Read(form["do"], form["what"]) is { } read ? (read, null) : (null, PermissionsNotices.BadForm(StatusCodes.Status400BadRequest));
    }

    private static PermissionsForm? Read(StringValues verb, StringValues what) => (verb, what) switch
    {
        (["open"], [{ } link]) => new Open(link),
        (["stop-agent"], [{ } text]) when Id<Agent>.TryParse(text, out var agent) => new StopAgent(agent),
        (["stop-grant"], [{ } text]) when Id<Grant>.TryParse(text, out var grant) => new StopGrant(grant),
        (["stop-all"], []) => new StopAll(),
        (["sign-out"], []) => new SignOut(),
        _ => null,
    };
}
