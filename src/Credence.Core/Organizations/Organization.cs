using Credence.Storage;

namespace Credence.Organizations;

/// <summary>A tenant; the grants door calls it a developer.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, 1 to 200 characters.</param>
/// <param name="Email">Its address in lower case, or null.</param>
/// <param name="EmailVerified">Whether that address was proven.</param>
/// <param name="Mode">Whether people are really asked.</param>
/// <param name="Plan">What it may have.</param>
/// <param name="ConsentMinimum">The least proof of a person's consent that it accepts (design D9).</param>
/// <param name="StrictScopes">Whether an agent without registered scopes may be given none, instead of any.</param>
/// <param name="FidoRequired">Whether a passkey must prove each consent.</param>
/// <param name="FidoRpName">How the passkey prompt names it, or null.</param>
/// <param name="CreatedAt">When it signed up.</param>
public sealed record Organization(
    Id<Organization> Id,
    string Name,
    string? Email,
    bool EmailVerified,
    OrganizationMode Mode,
    Plan Plan,
    ConsentProof ConsentMinimum,
    bool StrictScopes,
    bool FidoRequired,
    string? FidoRpName,
    DateTimeOffset CreatedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "dev_";

    /// <summary>Goes up with every change to its rules, from 0 when it never had any: who has read this row knows whether the rules in memory still count.</summary>
    public long PolicyVersion { get; init; }

    /// <summary>Since when its API keys do not work, or null.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>What is done about a serious anomaly.</summary>
    public AnomalyResponse AnomalyResponse { get; init; }

    /// <summary>Its name in addresses, unique; null for one that signed up without.</summary>
    public string? Slug { get; init; }

    /// <summary>Whether it is the one that runs the installation, to which <c>admin:orgs</c> belongs (design D19).</summary>
    public bool IsBootstrap { get; init; }

    /// <summary>When it was deleted, or null; it is suspended too then, for good.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>When its name, plan or status last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Whether its keys and its agents' tokens count.</summary>
    public OrganizationStatus Status =>
        DeletedAt is not null ? OrganizationStatus.Deleted : SuspendedAt is not null ? OrganizationStatus.Suspended : OrganizationStatus.Active;

    /// <summary>How a passkey must have come to be a person's to prove anything.</summary>
    public PasskeyEnrolment PasskeyEnrolment { get; init; } = PasskeyEnrolment.Session;

    /// <summary>Whether only who signed on with their company may give consent; its SSO connections say so.</summary>
    public bool SsoEnforced { get; init; }

    /// <summary>The least proof of consent that counts: its own minimum, a person where a sign-on is enforced, or a passkey where it requires one.</summary>
    public ConsentProof LeastProof =>
        FidoRequired ? ConsentProof.Passkey : SsoEnforced && ConsentMinimum < ConsentProof.Person ? ConsentProof.Person : ConsentMinimum;

    internal static Sql Columns { get; } = Sql.Of(
        $"""
        id, name, email, email_verified, mode, plan, consent_minimum, strict_scopes, fido_required, fido_rp_name, created_ms, policy_version, suspended_ms,
        sso_enforced, anomaly_response, slug, is_bootstrap, deleted_ms, updated_ms, passkey_enrolment
        """);

    internal static Organization Read(Row row) => new(
        row.Id<Organization>("id"),
        row.Text("name"),
        row.TextOrNull("email"),
        row.Flag("email_verified"),
        row.Word<OrganizationMode>("mode"),
        row.Word<Plan>("plan"),
        row.Word<ConsentProof>("consent_minimum"),
        row.Flag("strict_scopes"),
        row.Flag("fido_required"),
        row.TextOrNull("fido_rp_name"),
        row.Time("created_ms"))
    {
        PolicyVersion = row.Long("policy_version"),
        SuspendedAt = row.TimeOrNull("suspended_ms"),
        SsoEnforced = row.Flag("sso_enforced"),
        AnomalyResponse = row.Word<AnomalyResponse>("anomaly_response"),
        Slug = row.TextOrNull("slug"),
        IsBootstrap = row.Flag("is_bootstrap"),
        DeletedAt = row.TimeOrNull("deleted_ms"),
        UpdatedAt = row.TimeOrNull("updated_ms") ?? row.Time("created_ms"),
        PasskeyEnrolment = row.Word<PasskeyEnrolment>("passkey_enrolment"),
    };
}

/// <summary>Whether an organization's keys and its agents' tokens count.</summary>
public enum OrganizationStatus
{
    /// <summary>They do.</summary>
    Active,

    /// <summary>Not for now.</summary>
    Suspended,

    /// <summary>Never again.</summary>
    Deleted,
}

/// <summary>What is done about an anomaly of high or critical severity, besides telling the organization of it.</summary>
public enum AnomalyResponse
{
    /// <summary>Nothing.</summary>
    Advise,

    /// <summary>The live grants of the agent are paused, until the organization resumes them.</summary>
    Pause,
}

/// <summary>On whose word a passkey is a person's, weakest first (docs/decisions/0028).</summary>
public enum PasskeyEnrolment
{
    /// <summary>The organization's: it enrolled the passkey with its API key.</summary>
    Key,

    /// <summary>The person's: they enrolled it in a session of their own.</summary>
    Session,
}

/// <summary>Whether people are really asked for consent; fixed at sign-up.</summary>
public enum OrganizationMode
{
    /// <summary>They are.</summary>
    Live,

    /// <summary>Every request is approved at once, for trying things out.</summary>
    Sandbox,
}

/// <summary>What an organization may have; the limits are in <see cref="PlanOptions"/>.</summary>
public enum Plan
{
    /// <summary>The default.</summary>
    Free,

    /// <summary>Paid, larger.</summary>
    Pro,

    /// <summary>Without limits on quantities.</summary>
    Enterprise,
}

/// <summary>How it was proven that the person consented, weakest first (design D9).</summary>
public enum ConsentProof
{
    /// <summary>Nobody was asked: the organization is in sandbox mode.</summary>
    Sandbox,

    /// <summary>Nobody was asked: a rule of the organization allowed it beforehand.</summary>
    Policy,

    /// <summary>Whoever held the link decided: the protocol's own minimum.</summary>
    Link,

    /// <summary>A person who had signed in decided.</summary>
    Person,

    /// <summary>A person proved it with a passkey.</summary>
    Passkey,
}
