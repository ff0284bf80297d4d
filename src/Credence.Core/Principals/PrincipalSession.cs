using Credence.Audit;
using Credence.Organizations;
using Credence.Passkeys;

namespace Credence.Principals;

/// <summary>For a while, a person may see and end what they granted through one organization (contract grantex-core 11).</summary>
/// <param name="Id">Its id: the token's <c>jti</c>.</param>
/// <param name="Organization">Through whom they granted it, and who vouches for them.</param>
/// <param name="Principal">The organization's name for the person.</param>
/// <param name="CreatedAt">Since when, whole seconds.</param>
/// <param name="ExpiresAt">Until when, whole seconds.</param>
public sealed record PrincipalSession(
    Id<PrincipalSession> Id, Id<Organization> Organization, string Principal, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt) : IIdentified
{
    /// <summary>Who the log and the audit say it was, when the person did it and not their organization.</summary>
    public const string Actor = "principal";

    /// <inheritdoc/>
    public static string IdPrefix => "psess_";

    /// <summary>What somebody may do at <paramref name="now"/> who is signed in to the account that the name means: no row, no token, and over with the page.</summary>
    internal static PrincipalSession OfAccount(Id<Organization> organization, string principal, DateTimeOffset now) =>
        new(Id<PrincipalSession>.New(now), organization, principal, now, now);

    /// <summary>The person, as the owner of passkeys.</summary>
    internal PasskeyOwner Owner => new(Organization.ToString(), Principal);

    /// <summary>The person, enrolling a passkey of their own: what begins in this session ends in it.</summary>
    internal Enroller Enroller => new(Organization.ToString(), PasskeyEnrolment.Session, Id.ToString(), Actor);

    /// <summary>An audit event that says <paramref name="actor"/> did <paramref name="type"/> to this session.</summary>
    internal AuditEvent Event(string type, string actor) =>
        new(Organization.ToString(), type, actor, Id.ToString()) { Data = new() { ["principal"] = Principal, ["expiresAt"] = ExpiresAt.Iso() } };
}

/// <summary>A session just opened, with the only sight of its token.</summary>
/// <param name="Session">The session.</param>
/// <param name="Token">What the person's browser shows from now on.</param>
public sealed record OpenedSession(PrincipalSession Session, string Token)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Session.Id} [secret]";
}
