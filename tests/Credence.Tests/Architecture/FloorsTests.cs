using System.Text.RegularExpressions;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Architecture;

/// <summary>Holds the code to docs/architecture.md: who may use whom.</summary>
public sealed partial class FloorsTests
{
    /// <summary>The rooms of Credence.Core, ground floor first. A room uses rooms on its own floor or below.</summary>
    private static readonly string[][] Floors =
    [
        ["Storage", "State", "Telemetry", "Outgoing"],
        ["Audit", "Proofs", "Events", "Keys", "Revocations", "Passwords", "Configurations"],
        ["Organizations", "Agents", "Credentials", "Usage", "Billing", "Passkeys", "OneTimeCodes", "SecondFactors", "Roles", "People", "Messages"],
        ["Policies", "Consent", "Grants", "Tokens", "Principals", "Scim", "Sso", "Delegations", "Issuers", "Federation", "Workloads", "SignIn", "Administration", "Gateways"],
        ["Webhooks", "Anomalies", "Compliance"],
    ];

    private static readonly string[] Rooms = [.. Floors.SelectMany(floor => floor)];

    [GeneratedRegex(@"(?<![\w.""])(?:Credence\.)?(?<room>[A-Z]\w+)\.(?=[A-Z])|using (?:static )?Credence\.(?<room>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Mentions();

    [Fact]
    public void Every_folder_of_the_core_is_a_room_on_a_floor()
    {
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "src", "Credence.Core")).Select(folder => Path.GetFileName(folder)!);
        Assert.Equal(Rooms.Append("Primitives").Order(), folders.Except(["bin", "obj"]).Order());
        var drawing = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));
        Assert.All(Floors, floor => Assert.Contains(string.Join(" · ", floor), drawing, StringComparison.Ordinal));
    }

    [Fact]
    public void A_room_uses_rooms_on_its_own_floor_or_below()
    {
        var climbs = from room in Rooms
                     from file in Sources("Credence.Core", room)
                     from used in Used(file)
                     where FloorOf(used) > FloorOf(room)
                     select $"{room} uses {used}, a floor above it, in {Path.GetFileName(file)}";
        Assert.Empty(climbs.Distinct());
    }

    [Fact]
    public void The_core_knows_no_http()
    {
        var referenced = typeof(Db).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!);
        Assert.DoesNotContain(referenced, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name == "Credence");
    }

    [Fact]
    public void A_door_never_uses_another_door()
    {
        string[] doors = ["Grants", "Agents", "People", "ForwardAuth", "Pages", "Operations", "OAuth"];
        var visits = from door in doors
                     from file in Sources("Credence.Server", door)
                     from other in doors
                     where other != door && File.ReadAllText(file).Contains($"Credence.Server.{other}", StringComparison.Ordinal)
                     select $"{door} uses {other} in {Path.GetFileName(file)}";
        Assert.Empty(visits);
    }

    private static string[] Sources(string project, string room) =>
        Directory.GetFiles(Path.Combine(Repository.Root, "src", project, room), "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<string> Used(string file) =>
        Mentions().Matches(File.ReadAllText(file)).Select(match => match.Groups["room"].Value).Where(Rooms.Contains);

    private static int FloorOf(string room) => Array.FindIndex(Floors, floor => floor.Contains(room));
}
