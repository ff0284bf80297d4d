using Credence.Agents;
using Credence.Audit;
using Credence.Keys;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Credentials;

/// <summary>Makes what a fresh database lacks: the organization that runs the installation, and an agent of it with all scopes (contract agent-idp AE-00).</summary>
public sealed class Bootstrap(Db db, OrganizationOptions options, TimeProvider clock)
{
    /// <summary>What the first agent can do, as cards show it.</summary>
    private static readonly string[] Capabilities = ["installation:*"];

    /// <summary>What it is to be called.</summary>
    /// <param name="Name">What the organization is called.</param>
    /// <param name="Slug">Its name in addresses.</param>
    /// <param name="Email">The first agent's address.</param>
    public sealed record Input(string Name, string Slug, string Email);

    /// <summary>What it is called when nobody was there to say (<c>BOOTSTRAP_ADMIN_CLIENT</c>).</summary>
    public static Input Usual { get; } = new("Installation", "installation", "admin@installation.invalid");

    /// <summary>What was made.</summary>
    public sealed record Output(Organization Organization, Agent Agent, IssuedCredential Credential);

    /// <returns>What was made, with the only sight of the secret; or that the installation was begun before, or that a name is taken.</returns>
    public Task<Result<Output>> RunAsync(Input input, CancellationToken ct) => RunAsync(input, null, null, ct);

    /// <summary>The same with a client that an operator chose; when the installation was begun already nothing changes.</summary>
    /// <returns>Whether it was made now.</returns>
    public async Task<Result<bool>> EnsureAsync(Input input, Guid client, string secret, CancellationToken ct)
    {
        var made = await RunAsync(input, new Id<Agent>(client), secret, ct);
        return made.Succeeded ? true : made.Failure == BootstrapFailures.Begun ? false : made.Failure;
    }

    private async Task<Result<Output>> RunAsync(Input input, Id<Agent>? client, string? secret, CancellationToken ct)
    {
        var now = clock.Now();
        var organization = FoundOrganization.New(input.Name, input.Slug, Plan.Enterprise, options, now) with { IsBootstrap = true };
        var profile = AgentProfile.None with
        {
            Email = input.Email,
            Type = AgentType.Custom,
            Version = "1.0.0",
            Capabilities = Capabilities,
            Owner = input.Name,
            Environment = DeploymentEnvironment.Production,
        };
        var agent = RegisterAgent.New(organization.Id, profile, now);
        if (client is { } id) agent = agent with { Id = id };

        await using var tx = await db.BeginAsync(ct);
        if (await tx.NumberAsync($"select count(*) as n from organizations where is_bootstrap", ct) > 0) return BootstrapFailures.Begun;
        if (!await OrganizationStore.AddAsync(tx, organization, ct)) return await IsBegunAsync(ct) ? BootstrapFailures.Begun : OrganizationFailures.SlugTaken;
        if (!await AgentStore.AddAsync(tx, agent, MemberRole.Admin, ct)) return AgentFailures.EmailTaken;
        await AuditLog.AppendAsync(tx, new AuditEvent(organization.Id.ToString(), "organization.created", Actor, organization.Id.ToString()), now, ct);
        await AuditLog.AppendAsync(tx, new AuditEvent(organization.Id.ToString(), "agent.created", Actor, agent.Id.ToString()), now, ct);
        var credential = await CreateCredential.AddAsync(
            tx, organization.Id, agent.Id, new CreateCredential.Input(null, KeyAlgorithm.RS256), secret, Actor, now, ct);
        await tx.CommitAsync();
        return new Output(organization, agent, credential);
    }

    /// <summary>Who is recorded as having done it: nobody has a name yet.</summary>
    private const string Actor = "bootstrap";

    private async Task<bool> IsBegunAsync(CancellationToken ct) => await db.NumberAsync($"select count(*) as n from organizations where is_bootstrap", ct) > 0;
}

/// <summary>What beginning an installation is refused with.</summary>
public static class BootstrapFailures
{
    /// <summary>There is such an organization.</summary>
    public static readonly Failure Begun = new(FailureKind.Conflict, "ORG_ALREADY_EXISTS", "This installation has its bootstrap organization already.");
}
