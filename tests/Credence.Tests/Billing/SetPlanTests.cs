using Credence.Agents;
using Credence.Audit;
using Credence.Billing;
using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Billing;

public sealed class SetPlanTests
{
    [Theory, EachEngine]
    public async Task A_plan_that_is_set_counts_at_once_and_is_in_the_log(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, new PlanOptions { Free = new PlanLimits { Agents = 1 }, Pro = new PlanLimits { Agents = 2 } });
        Assert.Equal("PLAN_LIMIT_EXCEEDED", (await AddAsync()).Failure?.Code);

        Assert.Equal(Plan.Pro, (await world.Get<SetPlan>().RunAsync(world.Caller.Organization, Plan.Pro, "admin", World.Ct)).Value.Plan);

        Assert.True((await AddAsync()).Succeeded);
        Assert.Equal("PLAN_LIMIT_EXCEEDED", (await AddAsync()).Failure?.Code);
        await world.Get<SetPlan>().RunAsync(world.Caller.Organization, Plan.Free, "admin", World.Ct);
        Assert.Equal("PLAN_LIMIT_EXCEEDED", (await AddAsync()).Failure?.Code);
        await world.Get<SealAudit>().RunAsync(World.Ct);
        Assert.Equal(2, await world.CountAsync($"select count(*) as n from audit_entries where body like '%plan.set%' and body like '%admin%'"));

        async Task<Result<Agent>> AddAsync()
        {
            var caller = (await world.Get<FindCaller>().RunAsync(world.ApiKey, World.Ct)).Value;
            return await world.Get<CreateAgent>().RunAsync(caller, new("one more", "", [], []), World.Ct);
        }
    }

    [Fact]
    public async Task Nobodys_plan_is_not_found()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        Assert.Equal(OrganizationFailures.NotFound, (await world.Get<SetPlan>().RunAsync(Id<Organization>.New(world.Now), Plan.Pro, "admin", World.Ct)).Failure);
    }
}
