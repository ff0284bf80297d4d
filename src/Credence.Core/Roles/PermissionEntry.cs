using Credence.Storage;

namespace Credence.Roles;

/// <summary>Something that can be allowed here; the catalogue of them is fixed (contract identity ID-44).</summary>
/// <param name="Code">What edges name it by: <c>User.read</c>.</param>
/// <param name="Resource">To what it is done.</param>
/// <param name="Action">What is done.</param>
/// <param name="Description">What that means.</param>
public sealed record PermissionEntry(string Code, string Resource, string Action, string Description)
{
    /// <summary>The catalogue, or its part for one resource.</summary>
    public static Task<List<PermissionEntry>> ListAsync(DbSession db, string? resource, CancellationToken ct) =>
        db.ListAsync($"select {Columns} from permissions where {resource ?? ""} in ('', resource) order by resource, action", Read, ct);

    /// <summary>The permission of that code, or null.</summary>
    public static Task<PermissionEntry?> FindAsync(DbSession db, string code, CancellationToken ct) => db.FirstAsync(
        $"select {Columns} from permissions where code = {code}", Read, ct);

    private static Sql Columns { get; } = Sql.Of($"code, resource, action, description");

    private static PermissionEntry Read(Row row) => new(row.Text("code"), row.Text("resource"), row.Text("action"), row.Text("description"));
}
