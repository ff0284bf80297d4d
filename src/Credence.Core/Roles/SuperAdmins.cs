using Credence.People;
using Credence.Storage;

namespace Credence.Roles;

/// <summary>Those who may do everything: there is always one, because nobody else could make the next (contract identity ID-47). Callers have the turn to change.</summary>
public static class SuperAdmins
{
    /// <summary>Whether somebody is one, and nobody besides them who may sign in.</summary>
    public static async Task<bool> AreOverWithoutAsync(DbTx tx, string person, CancellationToken ct)
    {
        var holders = await PolicyDefinitionStore.HoldersAsync(tx, Role.SuperAdmin, ct);
        if (!holders.Remove(person)) return false;
        var others = holders.Select(text => PersonId.TryParse(text, out var id) ? id : default);
        return !await PersonStore.IsAnyActivatedAsync(tx, [.. others], ct);
    }

    /// <summary>The same, if it is that role at all.</summary>
    public static async Task<bool> AreOverWithoutAsync(DbTx tx, string person, string role, CancellationToken ct) =>
        await RoleStore.FindAsync(tx, Role.SuperAdmin, ct) is { } super && super.Id.ToString() == role && await AreOverWithoutAsync(tx, person, ct);
}
