using Credence.Organizations;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>Who is in which group.</summary>
internal static class MemberStore
{
    private const int PerStatement = 500;

    /// <summary>One row: who is in what.</summary>
    public sealed record Membership(string Group, string User);

    /// <summary>The members of some groups.</summary>
    public static Task<List<Membership>> OfGroupsAsync(DbSession db, IEnumerable<string> groups, CancellationToken ct) =>
        db.ListAsync($"select {Columns} from scim_members where group_id in {Sql.List(groups)} order by user_id", Read, ct);

    /// <summary>The groups of some users.</summary>
    public static Task<List<Membership>> OfUsersAsync(DbSession db, IEnumerable<string> users, CancellationToken ct) =>
        db.ListAsync($"select {Columns} from scim_members where user_id in {Sql.List(users)} order by group_id", Read, ct);

    /// <summary>Puts users into a group; those who are there stay.</summary>
    /// <returns>How many came; null when one of them is no user of the organization.</returns>
    public static async Task<int?> AddAsync(DbTx tx, ScimResource group, IReadOnlyCollection<string> users, CancellationToken ct)
    {
        var count = 0;
        foreach (var some in users.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(PerStatement))
        {
            // Pinned, so that nobody deletes one of them before this commits.
            var there = await tx.ListAsync(
                $"select id from scim_resources where {Users(group.Organization)} and id in {Sql.List(some)} order by id {tx.ForShare}", row => row.Text("id"), ct);
            if (there.Count != some.Length) return null;
            count += await tx.ExecuteAsync(
                $"""
                insert into scim_members (group_id, user_id)
                select {group.Id}, id from scim_resources where id in {Sql.List(some)}
                on conflict do nothing
                """,
                ct);
        }

        return count;
    }

    /// <summary>Takes users out of a group; null takes all.</summary>
    /// <returns>How many went.</returns>
    public static async Task<int> RemoveAsync(DbTx tx, string group, IReadOnlyCollection<string>? users, CancellationToken ct)
    {
        if (users is null) return await tx.ExecuteAsync($"delete from scim_members where group_id = {group}", ct);
        var count = 0;
        foreach (var some in users.Chunk(PerStatement)) count += await tx.ExecuteAsync($"delete from scim_members where group_id = {group} and user_id in {Sql.List(some)}", ct);
        return count;
    }

    private static Sql Users(Id<Organization> organization)
    {
        Sql condition = $"organization_id = {organization} and kind = 'user'";
        return condition;
    }

    private static Sql Columns { get; } = Sql.Of($"group_id, user_id");

    private static Membership Read(Row row) => new(row.Text("group_id"), row.Text("user_id"));
}
