using Credence.Storage;

namespace Credence.Configurations;

/// <summary>A configuration as it is shown: what was set, or what holds because nothing was. Of a credential, whether there is one.</summary>
public sealed record ShownConfiguration(string Group, string Code, string? Owner, string Value, bool HasCredential);

/// <summary>Everything that can be read and set at run time, with what it is now (contract identity ID-49).</summary>
public sealed class ListConfigurations(Db db, IEnumerable<ConfigurationGroup> groups)
{
    /// <param name="group">Only this group; null for all.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IReadOnlyList<ShownConfiguration>> RunAsync(string? group, CancellationToken ct)
    {
        var set = await ConfigurationStore.ListAsync(db, ct);
        var known = groups.SelectMany(one => one.Defaults.Select(each => new ShownConfiguration(one.Name, each.Key, null, each.Value, HasCredential: false)));
        return
        [
            .. set.Select(one => new ShownConfiguration(one.Group, one.Code, one.Owner, one.Value, one.SealedCredential is not null))
                .UnionBy(known, one => (one.Group, one.Code))
                .Where(one => group is null || one.Group == group)
                .OrderBy(one => one.Group, StringComparer.Ordinal).ThenBy(one => one.Code, StringComparer.Ordinal),
        ];
    }
}
