using Credence.Storage;
using Credence.Tokens;

namespace Credence.SignIn;

/// <summary>The roles that a person's tokens name.</summary>
internal static class PersonRoles
{
    /// <summary>Somebody's roles, the highest first.</summary>
    public static Task<IReadOnlyList<ClaimedRole>> OfAsync(DbSession db, PersonId person, CancellationToken ct) => Task.FromResult<IReadOnlyList<ClaimedRole>>([]);
}
