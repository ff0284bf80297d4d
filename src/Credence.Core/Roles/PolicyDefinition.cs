using Credence.Storage;

namespace Credence.Roles;

/// <summary>What an edge says.</summary>
public enum EdgeVariant
{
    /// <summary>Its subject belongs to its target: a person has a role, a role has what another one has.</summary>
    Group,

    /// <summary>Its subject may act on its target, or must not.</summary>
    Policy,
}

/// <summary>What a policy edge says.</summary>
public enum EdgeEffect
{
    /// <summary>It may.</summary>
    Allow,

    /// <summary>It must not, whatever else allows it.</summary>
    Deny,
}

/// <summary>What sort of thing an edge ends at; the names are stored and shown as they are here (contract identity B.7).</summary>
public enum TargetType
{
    /// <summary>A role, by its id.</summary>
    Role,

    /// <summary>A permission of the catalogue, by its code.</summary>
    Permission,

    /// <summary>An organizer of a sister service, by the id it has there.</summary>
    Organizer,

    /// <summary>A merchant of a sister service, by the id it has there.</summary>
    Merchant,
}

/// <summary>An edge between a subject and what it belongs to or acts on (contract identity B.7, B.8).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Variant">What it says.</param>
/// <param name="Subject">Where it begins.</param>
/// <param name="TargetType">What sort of thing it ends at.</param>
/// <param name="TargetId">That thing's id.</param>
/// <param name="Domain">Where it holds: <c>*</c> everywhere; up to the first star, what the domain in question begins with.</param>
/// <param name="Action">What may be done; empty for a group edge.</param>
/// <param name="Effect">Whether that is allowed or denied; a group edge allows.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
public sealed record PolicyDefinition(
    Id<PolicyDefinition> Id,
    EdgeVariant Variant,
    Subject Subject,
    TargetType TargetType,
    string TargetId,
    string Domain,
    string Action,
    EdgeEffect Effect,
    DateTimeOffset CreatedAt,
    string CreatedBy) : IIdentified
{
    /// <summary>The domain that stands for all of them.</summary>
    public const string Everywhere = "*";

    /// <inheritdoc/>
    public static string IdPrefix => "pdef_";

    /// <summary>What a question calls the target of a policy edge: the resource of a permission, or <c>Merchant_7</c>.</summary>
    public string Object => TargetType == TargetType.Permission ? TargetId[..TargetId.IndexOf('.', StringComparison.Ordinal)] : Group;

    /// <summary>What the target of a group edge is called: <c>Role_rol_…</c>.</summary>
    public string Group => $"{TargetType}_{TargetId}";

    /// <summary>Whose affair its domain is: <c>MERCHANT</c>, <c>ORGANIZER</c>, or <c>SYSTEM</c> for everybody's (contract identity B.8).</summary>
    public string Scope =>
        Domain.StartsWith("Merchant_", StringComparison.Ordinal) ? "MERCHANT" : Domain.StartsWith("Organizer_", StringComparison.Ordinal) ? "ORGANIZER" : "SYSTEM";

    /// <summary>The edge by which somebody has a role in every domain.</summary>
    public static PolicyDefinition OfRole(Subject subject, Role role, string by, DateTimeOffset now) => new(
        Id<PolicyDefinition>.New(now), EdgeVariant.Group, subject, TargetType.Role, role.Id.ToString(), Everywhere, Action: "", EdgeEffect.Allow, now, by);

    /// <summary>What the audit log says of it.</summary>
    public SortedDictionary<string, string> Facts() => new(StringComparer.Ordinal)
    {
        ["variant"] = Words.Of(Variant),
        ["subject"] = Subject.ToString(),
        ["target"] = Group,
        ["domain"] = Domain,
        ["action"] = Action,
        ["effect"] = Words.Of(Effect),
    };

    internal static Sql Columns { get; } = Sql.Of(
        $"id, variant, subject_type, subject_id, target_type, target_id, domain, action, effect, created_ms, created_by");

    internal static PolicyDefinition Read(Row row) => new(
        row.Id<PolicyDefinition>("id"),
        row.Word<EdgeVariant>("variant"),
        new Subject(Enum.Parse<SubjectType>(row.Text("subject_type")), row.Text("subject_id")),
        Enum.Parse<TargetType>(row.Text("target_type")),
        row.Text("target_id"),
        row.Text("domain"),
        row.Text("action"),
        row.Word<EdgeEffect>("effect"),
        row.Time("created_ms"),
        row.Text("created_by"));
}
