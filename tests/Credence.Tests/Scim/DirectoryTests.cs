using Credence.Organizations;
using Credence.Scim;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Scim;

public sealed class DirectoryTests
{
    [Theory, EachEngine]
    public async Task The_directory_of_a_suspended_organization_is_nobody_until_it_goes_on(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var token = (await world.Get<CreateScimToken>().RunAsync(world.Caller, "directory", World.Ct)).Plaintext;
        var suspend = world.Get<SuspendOrganization>();
        Assert.True((await world.Get<FindDirectory>().RunAsync(token, World.Ct)).Succeeded);

        await suspend.SuspendAsync(world.Caller.Organization, "tests", World.Ct);
        Assert.Equal(ScimFailures.TokenInvalid, (await world.Get<FindDirectory>().RunAsync(token, World.Ct)).Failure);

        await suspend.ResumeAsync(world.Caller.Organization, "tests", World.Ct);
        Assert.True((await world.Get<FindDirectory>().RunAsync(token, World.Ct)).Succeeded);
    }
}
