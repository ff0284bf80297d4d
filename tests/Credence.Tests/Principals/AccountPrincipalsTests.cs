using Credence.Consent;
using Credence.Organizations;
using Credence.People;
using Credence.Principals;
using Credence.Scim;
using Credence.Storage;
using Credence.Tests.Scim;
using Credence.Tests.SignIn;
using Credence.Tests.Support;

namespace Credence.Tests.Principals;

public sealed class AccountPrincipalsTests
{
    private static async Task<World> StrictAsync(EngineKind engine)
    {
        var world = await World.OnAsync(engine);
        await world.Get<ChangeOrganization>().RunAsync(world.Caller, new(null, null, ConsentProof.Person, null), World.Ct);
        return world;
    }

    private static async Task<Result<DecideConsent.Output>> ApproveAsync(World world, PersonId person) =>
        await world.Get<DecideConsent>().ApproveAsync((await world.AskAsync(["email:send"])).Id, Decider.Of(person), World.Ct);

    /// <summary>Somebody whose password need not be hashed.</summary>
    private static async Task<PersonId> AddPersonAsync(World world)
    {
        var id = await world.Get<PersonIds>().NextAsync(World.Ct);
        await using var tx = await world.Db.BeginAsync(World.Ct);
        await PersonStore.AddAsync(tx, Credence.People.Person.New(id, PersonProfile.None, world.Now), World.Ct);
        await tx.CommitAsync();
        return id;
    }

    private static async Task<int> NamesAsync(World world, PersonId person) => (await AccountPrincipals.OfAsync(world.Db, person, world.Now, World.Ct)).Count;

    [Theory, EachEngine]
    public async Task The_first_who_approves_signed_in_has_the_name(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        var (ada, eve) = (await world.PersonAsync("ada1"), await world.PersonAsync("eve1"));
        Assert.Equal("PRINCIPAL_VERIFICATION_REQUIRED", (await world.Get<DecideConsent>().ApproveAsync((await world.AskAsync(["email:send"])).Id, ConsentProof.Link, World.Ct)).Failure!.Code);

        var issued = (await world.ExchangeAsync((await ApproveAsync(world, ada)).Value.Code!)).Value;
        Assert.Equal(ConsentProof.Person, issued.Grant.Proof);
        Assert.Equal(ConsentFailures.OtherAccount, (await ApproveAsync(world, eve)).Failure);
        Assert.Equal(ConsentFailures.OtherAccount, (await world.Get<DecideConsent>().DenyAsync((await world.AskAsync(["email:send"])).Id, Decider.Of(eve), World.Ct)).Failure);
        Assert.True((await ApproveAsync(world, ada)).Succeeded);

        var own = Assert.Single(await AccountPrincipals.OfAsync(world.Db, ada, world.Now, World.Ct));
        Assert.Equal((world.Caller.Organization, "ada"), (own.Organization, own.Principal));
        Assert.Single(await PrincipalStore.LiveAsync(world.Db, own, world.Now, 10, World.Ct));
        Assert.Equal(0, await NamesAsync(world, eve));
        Assert.Equal(2, await world.AuditedAsync("consent.approved", $"\"person\":\"{ada}\""));
    }

    [Theory, EachEngine]
    public async Task Of_thirty_people_on_two_nodes_who_approve_at_once_one_has_the_name(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        await using var other = await world.NodeAsync();
        var people = new List<PersonId>();
        var requests = new List<ConsentRequest>();
        for (var number = 0; number < 30; number++)
        {
            people.Add(await AddPersonAsync(world));
            requests.Add(await world.AskAsync(["email:send"]));
        }

        var decided = await World.AllAtOnceAsync(30, at => (at % 2 == 0 ? world : other).Get<DecideConsent>().ApproveAsync(requests[at].Id, Decider.Of(people[at]), World.Ct));

        var winner = Assert.Single(decided.Index(), one => one.Item.Succeeded).Index;
        Assert.All(decided.Where(one => !one.Succeeded), one => Assert.Equal(ConsentFailures.OtherAccount, one.Failure));
        Assert.Equal(1, await NamesAsync(world, people[winner]));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from consent_requests where status = 'approved'"));
    }

    [Theory, EachEngine]
    public async Task Denying_takes_no_name(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        var (ada, eve) = (await world.PersonAsync("ada1"), await world.PersonAsync("eve1"));
        Assert.True((await world.Get<DecideConsent>().DenyAsync((await world.AskAsync(["email:send"])).Id, Decider.Of(eve), World.Ct)).Succeeded);
        Assert.True((await ApproveAsync(world, ada)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_deleted_account_leaves_the_name_to_the_next(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        var (ada, next) = (await world.PersonAsync("ada1"), await world.PersonAsync("next"));
        Assert.True((await ApproveAsync(world, ada)).Succeeded);
        await world.DeleteAsync(ada);
        Assert.True((await ApproveAsync(world, next)).Succeeded);
        Assert.Equal(1, await NamesAsync(world, next));
    }

    [Theory, EachEngine]
    public async Task A_directory_keeps_the_account_of_its_user_and_drops_it_with_the_name(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        var (ada, next) = (await world.PersonAsync("ada1"), await world.PersonAsync("next"));
        var grant = (await world.ExchangeAsync((await ApproveAsync(world, ada)).Value.Code!)).Value;
        var by = await world.DirectoryAsync();
        var user = await world.UserAsync(by, "ada");
        Assert.Equal(1, await NamesAsync(world, ada));
        Assert.Null(await world.RefusalAsync(grant)); // who the directory knows now is who approved before

        await world.DeleteAsync(by, ScimKind.User, user);
        await world.UserAsync(by, "ada");
        Assert.Equal(0, await NamesAsync(world, ada));
        Assert.True((await ApproveAsync(world, next)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task New_live_organizations_take_people_and_sandboxes_ask_nobody(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var options = new OrganizationOptions();
        Assert.Equal(ConsentProof.Person, options.ConsentMinimum);
        var signUp = new SignUp(world.Db, options, world.Clock);
        Assert.Equal(ConsentProof.Person, (await signUp.RunAsync(new SignUp.Input("Live", null, OrganizationMode.Live), World.Ct)).Value.Organization.LeastProof);
        Assert.Equal(ConsentProof.Link, (await signUp.RunAsync(new SignUp.Input("Trial", null, OrganizationMode.Sandbox), World.Ct)).Value.Organization.LeastProof);
    }
}
