using Credence.Storage;

namespace Credence.Revocations;

/// <summary>What can stop counting although its signature is good.</summary>
public enum RevocationKind
{
    /// <summary>What a later version knows, which runs beside this one during an update: nothing that this one issued is meant.</summary>
    Unknown,

    /// <summary>One token, by its <c>jti</c>.</summary>
    Token,

    /// <summary>A grant; each of its descendants has a mark of its own.</summary>
    Grant,

    /// <summary>An agent, suspended or deleted.</summary>
    Agent,

    /// <summary>An API key.</summary>
    ApiKey,

    /// <summary>The session of a person who looks at what they granted.</summary>
    PrincipalSession,

    /// <summary>An access token of the agents door, by its <c>jti</c>.</summary>
    AccessToken,

    /// <summary>That an agent belongs to an organization: the access tokens it had there.</summary>
    Membership,

    /// <summary>A credential of an agent: the tokens that were had with it.</summary>
    Credential,

    /// <summary>What a node remembers of a credential, which is to be looked up again.</summary>
    CredentialSecret,

    /// <summary>An organization, suspended or deleted: the access tokens of its agents.</summary>
    Organization,

    /// <summary>What a node remembers of an organization's plan, which is to be looked up again.</summary>
    OrganizationPlan,

    /// <summary>A delegation between agents; each that continues it has a mark of its own.</summary>
    Delegation,

    /// <summary>A token of the forward-auth door, by its <c>jti</c>.</summary>
    ForwardToken,

    /// <summary>A person: all that they got until the mark.</summary>
    Person,

    /// <summary>The session of a person at the people door, by the <c>sid</c> of its tokens.</summary>
    PersonSession,

    /// <summary>Everybody: all sessions of people that began until the mark, with their tokens, because a key leaked.</summary>
    Everyone,
}

/// <summary>A mark that something no longer counts (design D16).</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its prefixed id.</param>
/// <param name="NotBefore">What was issued at or before this is void.</param>
/// <param name="Expires">When nothing it could concern is alive any more, and the mark may go.</param>
/// <param name="Lifted">Whether the mark was taken back: a suspended agent works again.</param>
/// <param name="Position">Orders the changes for nodes that follow them; 0 until stored.</param>
public sealed record Revocation(RevocationKind Kind, string Id, DateTimeOffset NotBefore, DateTimeOffset Expires, bool Lifted, long Position)
{
    private static readonly DateTimeOffset Ever = DateTimeOffset.FromUnixTimeMilliseconds(253402300799999); // 9999-12-31: whatever a skewed clock stamped

    /// <summary>Everything about <paramref name="id"/> is void, whenever it was issued.</summary>
    public static Revocation Of(RevocationKind kind, string id, DateTimeOffset expires) => new(kind, id, Ever, expires, Lifted: false, 0);

    /// <summary>What was known of <paramref name="id"/> at <paramref name="change"/> must be looked up again; some seconds more, for nodes whose clocks are ahead.</summary>
    public static Revocation Changed(RevocationKind kind, string id, DateTimeOffset change, DateTimeOffset expires) =>
        new(kind, id, change.AddSeconds(5), expires, Lifted: false, 0);

    /// <summary>Takes a mark back. Other nodes must hear of that too, so it stays as a row until <paramref name="expires"/>.</summary>
    public static Revocation Lift(RevocationKind kind, string id, DateTimeOffset expires) => new(kind, id, Ever, expires, Lifted: true, 0);

    internal static Sql Columns { get; } = Sql.Of($"kind, id, not_before_ms, expires_ms, lifted, position");

    internal static Revocation Read(Row row) => new(
        Words.Find<RevocationKind>(row.Text("kind")) ?? RevocationKind.Unknown, row.Text("id"), row.Time("not_before_ms"), row.Time("expires_ms"), row.Flag("lifted"), row.Long("position"));
}
