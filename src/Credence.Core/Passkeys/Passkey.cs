using Credence.Audit;
using Credence.Organizations;
using Credence.People;
using Credence.Storage;

namespace Credence.Passkeys;

/// <summary>Whose a passkey is.</summary>
/// <param name="Realm">Within what the name means somebody: an organization's id, whose log and events tell of it, or <see cref="People"/>.</param>
/// <param name="Name">Who, in there.</param>
public sealed record PasskeyOwner(string Realm, string Name)
{
    /// <summary>The realm of people with accounts here, whose names in it are their ids. It is that of their audit log too, and of no organization.</summary>
    public const string People = PeopleAudit.Chain;

    /// <summary>Whoever answers, of the people with accounts here.</summary>
    public static readonly PasskeyOwner AnyPerson = new(People, "");

    /// <summary>Somebody with an account here.</summary>
    public static PasskeyOwner Of(PersonId person) => new(People, person.ToString());

    /// <summary>Whether it is somebody with an account here, and no organization is told of it.</summary>
    public bool IsPerson => Realm == People;
}

/// <summary>A passkey: a key pair of which the person's authenticator keeps one half and this server the other.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="CredentialId">How the authenticator finds it, base64url.</param>
/// <param name="PublicKey">The public key, in COSE form.</param>
/// <param name="SignCount">How often it had signed when it was last seen; 0 when it does not count.</param>
/// <param name="Transports">How a browser reaches the authenticator, as that browser told.</param>
/// <param name="Aaguid">The authenticator's make and model, as it says itself.</param>
/// <param name="Attestation">What there is to that.</param>
/// <param name="DeviceName">What its owner calls it, or null.</param>
/// <param name="BackupEligible">Whether it may be copied to the owner's other devices.</param>
/// <param name="BackedUp">Whether it has been, when it was last seen.</param>
/// <param name="UserHandle">What the authenticator calls the owner, base64url.</param>
/// <param name="Enrolment">How it came to be the owner's.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="LastUsedAt">When it last proved something, or null.</param>
public sealed record Passkey(
    Id<Passkey> Id, PasskeyOwner Owner, string CredentialId, byte[] PublicKey, long SignCount, IReadOnlyList<string> Transports, Guid Aaguid,
    Attestation Attestation, string? DeviceName, bool BackupEligible, bool BackedUp, string UserHandle, PasskeyEnrolment Enrolment,
    DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "cred_";

    /// <summary>An audit event that says <paramref name="actor"/> did <paramref name="type"/> to this passkey.</summary>
    public AuditEvent Event(string type, string actor) => new(Owner.Realm, type, actor, Id.ToString())
    {
        Data = new()
        {
            ["principal"] = Owner.Name,
            ["enrolment"] = Words.Of(Enrolment),
            ["attestation"] = Words.Of(Attestation),
            ["aaguid"] = Aaguid.ToString(),
        },
    };

    internal static Sql Columns { get; } = Sql.Of(
        $"""
        id, realm, owner, credential_id, public_key, sign_count, transports, aaguid, attestation, device_name, backup_eligible, backed_up, user_handle,
        enrolment, created_ms, last_used_ms
        """);

    internal static Passkey Read(Row row) => new(
        row.Id<Passkey>("id"),
        new PasskeyOwner(row.Text("realm"), row.Text("owner")),
        row.Text("credential_id"),
        row.Bytes("public_key"),
        row.Long("sign_count"),
        row.Texts("transports"),
        Guid.Parse(row.Text("aaguid")),
        row.Word<Attestation>("attestation"),
        row.TextOrNull("device_name"),
        row.Flag("backup_eligible"),
        row.Flag("backed_up"),
        row.Text("user_handle"),
        row.Word<PasskeyEnrolment>("enrolment"),
        row.Time("created_ms"),
        row.TimeOrNull("last_used_ms"));
}

/// <summary>What is known of an authenticator's make (WebAuthn 6.5.4); no chain is followed to a maker, so none of these is trusted for anything.</summary>
public enum Attestation
{
    /// <summary>It says nothing.</summary>
    None,

    /// <summary>The new key itself vouches for what is said.</summary>
    Self,

    /// <summary>A certificate vouches, whose own issuer was not checked.</summary>
    Certificate,

    /// <summary>A statement in a format that this server does not read.</summary>
    Unread,
}
