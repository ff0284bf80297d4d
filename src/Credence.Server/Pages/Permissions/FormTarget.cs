namespace Credence.Server.Pages.Permissions;

/// <summary>Where the forms inside a list of agents go, and what they carry besides; without one they go to the page of a link.</summary>
/// <param name="Action">The address.</param>
/// <param name="Hidden">What goes with it.</param>
public sealed record FormTarget(string Action, IReadOnlyList<KeyValuePair<string, string>> Hidden)
{
    /// <summary>The page of a link.</summary>
    public static readonly FormTarget Usual = new(PermissionsPage.Path, []);
}
