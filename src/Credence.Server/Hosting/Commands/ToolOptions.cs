using System.CommandLine;
using Credence.Organizations;
using Credence.Server.Agents;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary>Arguments and options that several commands have.</summary>
internal static class ToolOptions
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "As JSON." };

    /// <summary>Which organization.</summary>
    public static Argument<string> Organization() => new("org") { Description = "The organization's id, dev_…, or the UUID that the agents door shows." };

    /// <summary>Lets an argument take the words of <typeparamref name="TWord"/> and no others.</summary>
    public static Argument<string> OneOf<TWord>(Argument<string> argument)
        where TWord : struct, Enum => argument.AcceptOnlyFromAmong([.. Enum.GetValues<TWord>().Select(word => Words.Of(word))]);

    /// <summary>The organization that was named, or that there is none.</summary>
    public static async Task<Result<Organization>> FindAsync(IServiceProvider services, string text, CancellationToken ct)
    {
        if (AgentsIds.Read<Organization>(text) is not { } id) return OrganizationFailures.NotFound;
        return await OrganizationStore.FindAsync(services.GetRequiredService<Db>(), id, ct) is { } found ? found : OrganizationFailures.NotFound;
    }
}
