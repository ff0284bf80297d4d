using Credence.Principals;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>What follows from a change to a user: by which names and addresses they are found, and whether what they granted may stand (design D9).</summary>
internal static class UserEffects
{
    /// <summary>After a user was made or changed. It stores revocations, so it comes last before the commit.</summary>
    /// <returns>What ended; or that somebody else is known by one of the names.</returns>
    public static async Task<Result<EndPrincipals.Ended>> SavedAsync(DbTx tx, ScimCaller caller, ScimResource user, DateTimeOffset now, CancellationToken ct)
    {
        await ScimStore.SaveEmailsAsync(tx, user, ct);
        var passed = await PrincipalNames.CarryAsync(tx, user.Organization, user.Id, Names(user), ct);
        if (passed is null) return ScimFailures.NameTaken;
        var own = await PrincipalNames.BlockAsync(tx, user.Id, !user.IsActive, ct);
        return await EndPrincipals.RunAsync(tx, user.Organization, user.IsActive ? passed : [.. own.Union(passed, StringComparer.Ordinal)], caller.By, now, ct);
    }

    /// <summary>Before a user is deleted: their names stay blocked until somebody else carries them.</summary>
    public static async Task<EndPrincipals.Ended> DeletedAsync(DbTx tx, ScimCaller caller, ScimResource user, DateTimeOffset now, CancellationToken ct)
    {
        var own = await PrincipalNames.BlockAsync(tx, user.Id, isBlocked: true, ct);
        await PrincipalNames.FreeAsync(tx, user.Id, ct);
        return await EndPrincipals.RunAsync(tx, user.Organization, own, caller.By, now, ct);
    }

    /// <summary>The names by which a developer may know them, in one order. In userName case does not count, so the small letters are a name too.</summary>
    private static List<string> Names(ScimResource user)
    {
        string?[] names = [user.Id, user.Attributes["userName"]!.GetValue<string>(), user.NameKey, user.ExternalId];
        return [.. names.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
