using Credence.Organizations;
using Credence.Passkeys;
using Credence.Principals;
using Credence.Storage;

namespace Credence.Server.Pages.Permissions;

/// <summary>The passkeys of the person whose session this is: adding and removing them.</summary>
internal sealed class PasskeysPage(Db db, OwnPasskeys own)
{
    private static readonly SeeOther Back = new($"{PermissionsPage.Path}#your-passkeys");

    /// <summary>The page that asks for one; each time with a challenge of its own.</summary>
    public async Task<IResult> AskAsync(PrincipalSession session, CancellationToken ct)
    {
        var begun = await own.BeginAsync(session, ct);
        if (!begun.Succeeded) return PermissionsNotices.PasskeyRefused(begun.Failure).Page();
        var organization = await OrganizationStore.FindAsync(db, session.Organization, ct);
        return new Page<AddPasskey>(
            StatusCodes.Status200OK, new PasskeyWanted(organization!.Name, begun.Value.Challenge.Id.ToString(), begun.Value.Json));
    }

    /// <summary>Takes the one that the browser made.</summary>
    public async Task<IResult> AddAsync(PrincipalSession session, PermissionsForm.AddPasskey form, CancellationToken ct)
    {
        var made = await own.FinishAsync(session, form.Challenge, form.Response, form.Name, ct);
        return made.Succeeded ? Back : PermissionsNotices.PasskeyRefused(made.Failure).Page();
    }

    /// <summary>Removes one; that it is gone already is as good.</summary>
    public async Task<IResult> RemoveAsync(PrincipalSession session, Id<Passkey> passkey, CancellationToken ct)
    {
        var removed = await own.RemoveAsync(session, passkey, ct);
        return removed.Succeeded || removed.Failure == PasskeyFailures.NotFound ? Back : PermissionsNotices.PasskeyRefused(removed.Failure).Page();
    }
}
