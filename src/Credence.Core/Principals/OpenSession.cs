using Credence.Audit;
using Credence.Keys;
using Credence.Organizations;
using Credence.Storage;
using Credence.Tokens;

namespace Credence.Principals;

/// <summary>An organization opens a session for a person it knows, so that they can see and end what they granted.</summary>
public sealed class OpenSession(Db db, KeyRing keys, TokenOptions options, TimeProvider clock)
{
    /// <summary>What it is when the organization does not say.</summary>
    public static readonly TimeSpan DefaultLife = TimeSpan.FromHours(1);

    /// <summary>The longest there is; who asks for more gets this (contract grantex-core 11).</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    /// <returns>
    /// The session and its token; or that the person has granted nothing that is still good. Where consent takes a passkey they may have one to enrol before
    /// they can grant anything, so there the session opens all the same.
    /// </returns>
    public async Task<Result<OpenedSession>> RunAsync(ApiCaller caller, string principal, TimeSpan? life, CancellationToken ct)
    {
        var now = clock.Now();
        if (!await PrincipalStore.HasGrantedAsync(db, caller.Organization, principal, now, ct)
            && await OrganizationStore.FindAsync(db, caller.Organization, ct) is not { LeastProof: ConsentProof.Passkey })
        {
            return PrincipalFailures.NothingGranted;
        }

        var lasting = life is { } asked && asked < LongestLife ? asked : life is null ? DefaultLife : LongestLife;
        var opened = Sign(caller.Organization, principal, lasting, now);

        await using var tx = await db.BeginAsync(ct);
        if (!await PrincipalNames.MayActAsync(tx, caller.Organization, principal, ct)) return PrincipalFailures.NothingGranted;
        await RecordAsync(tx, opened.Session, caller.Key.ToString(), now, ct);
        await tx.CommitAsync();
        return opened;
    }

    /// <summary>Signs a session's token, before the transaction that records it (design D16).</summary>
    internal OpenedSession Sign(Id<Organization> organization, string principal, TimeSpan life, DateTimeOffset now)
    {
        var since = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()); // a token has whole seconds, and row and answer say what it says
        var session = new PrincipalSession(Id<PrincipalSession>.New(now), organization, principal, since, since + life);
        var kind = TokenKinds.PrincipalSession;
        return new OpenedSession(session, Jws.Sign(keys.Current(kind.Algorithm), kind.Typ, SessionClaims.Write(session, options.Issuer).Span));
    }

    /// <summary>Records what was signed.</summary>
    internal static async Task RecordAsync(DbTx tx, PrincipalSession session, string by, DateTimeOffset now, CancellationToken ct)
    {
        await PrincipalStore.AddAsync(tx, session, ct);
        await AuditLog.AppendAsync(tx, session.Event("principal_session.opened", by), now, ct);
    }
}
