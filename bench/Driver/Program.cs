using System.Globalization;
using Credence.Bench;

// Started by bench/run and bench/fill, which prepare what it needs.
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

switch (args)
{
    case ["peer"]:
        await EmptyPeer.RunAsync();
        return 0;
    case ["fill", var grants, var databaseUrl, var organization]:
        await Fill.RunAsync(databaseUrl, organization, int.Parse(grants, CultureInfo.InvariantCulture), logs: true, stop.Token);
        return 0;
    case ["run"]:
        await new Measure(Stores.Given, Pace.Whole).RunAsync(stop.Token);
        return 0;
    case ["run", "quick"]:
        await new Measure(Stores.Given, Pace.Quick).RunAsync(stop.Token);
        return 0;
    case ["run", "flow"]:
        await new Measure(Stores.Given, Pace.Quick with { Round = TimeSpan.FromSeconds(20) }).FlowAsync(stop.Token);
        return 0;
    case ["run", "growth"]:
        await new Measure(Stores.Given, Pace.Whole with { Round = TimeSpan.FromSeconds(4), Rounds = 1 }).GrowthAsync(stop.Token);
        return 0;
    case ["run", "agents"]:
        await new Measure(Stores.Given, Pace.Quick with { Round = TimeSpan.FromSeconds(5), Rounds = 3, Revocations = 100 }).AgentsAsync(stop.Token);
        return 0;
    case ["run", "people"]:
        await PeopleAsync(Pace.Whole, calls: 1_000);
        return 0;
    case ["run", "people", "brief"]:
        await PeopleAsync(Pace.Quick, calls: 50);
        return 0;
    case ["run", "people", "enumeration"]:
        await AloneAsync(table => new Enumeration(Stores.Given, calls: 1_000, table).RunAsync(stop.Token));
        return 0;
    case ["run", "limits"]:
        await AloneAsync(table => new LimitsRun(Stores.Given, Pace.Quick with { Round = TimeSpan.FromSeconds(5) }, table).RunAsync(stop.Token));
        return 0;
    case ["run", "audit"]:
        await new Measure(Stores.Given, Pace.Quick with { Round = TimeSpan.FromSeconds(10) }).AuditAsync(stop.Token);
        return 0;
    case ["run", "webhooks"]:
        await new Measure(Stores.Given, Pace.Quick).WebhooksAsync(stop.Token);
        return 0;
    case ["run", "soak", .. var minutes]:
        var time = TimeSpan.FromMinutes(minutes is [var given] ? double.Parse(given, CultureInfo.InvariantCulture) : 60);
        await new Measure(Stores.Given, Pace.Quick).SoakAsync(time, stop.Token);
        return 0;
    case ["run", "compliance"]:
        await new Measure(Stores.Given, Pace.Quick with { Round = TimeSpan.FromSeconds(10) }).ComplianceAsync(stop.Token);
        return 0;
    default:
        Console.Error.WriteLine("start this through bench/run or bench/fill");
        return 2;
}

// The doors of people: theirs, and the forward-auth door.
Task PeopleAsync(Pace pace, int calls) => AloneAsync(async table =>
{
    await new ForwardAuthRun(Stores.Given, pace, table).RunAsync(stop.Token);
    await new PeopleRun(Stores.Given, pace, table).RunAsync(stop.Token);
    await new Enumeration(Stores.Given, calls, table).RunAsync(stop.Token);
});

// What was measured before something failed was measured all the same.
static async Task AloneAsync(Func<Table, Task> run)
{
    var table = new Table();
    try
    {
        await run(table);
    }
    finally
    {
        table.Print();
    }
}
