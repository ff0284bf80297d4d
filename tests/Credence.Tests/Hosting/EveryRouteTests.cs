using System.Collections.Concurrent;
using Credence.Administration;
using Credence.Roles;
using Credence.Server.Agents;
using Credence.Storage;
using Credence.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Credence.Tests.Hosting;

public sealed class EveryRouteTests
{
    private const int PerRoute = 60;
    private const string AdminKey = "admin-key-of-the-tests";

    /// <summary>The routes come from the server itself, so that a new one is tried without anybody remembering it here.</summary>
    [Theory, EachEngine]
    public async Task Whatever_a_route_is_sent_it_neither_answers_5xx_nor_logs_an_error(EngineKind engine)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        using var stripe = new StripeStandIn();
        await using var host = await HostUnderTest.StartAsync(
            null, ("DATABASE_URL", database.Url), ("RATE_LIMITS_ENABLED", "false"), ("LOG_LEVEL", "error"), ("PLAN_FREE_AGENTS", "unlimited"), ("TIER_ENTERPRISE_WEBHOOKS", "unlimited"), ("BOOTSTRAP_ADMIN_CLIENT", Lively.Operator),
            ("USAGE_METERING_ENABLED", "true"), ("SIGN_IN_FAILURES", "unlimited"), ("PASSWORD_MEMORY_KIB", "19456"), ("ADMIN_API_KEY", AdminKey), ("STRIPE_API_BASE", stripe.Url), ("STRIPE_SECRET_KEY", "sk_test_of_the_tests"),
            ("STRIPE_WEBHOOK_SECRET", World.StripeSecret), ("STRIPE_PRICE_PRO", "price_pro"), ("STRIPE_PRICE_ENTERPRISE", "price_enterprise"));
        await using var receiver = await Receiver.StartAsync();
        using var log = new ErrorLog();
        host.App.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var routes = host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.True(routes.Count > 25, "the routes are found");
        var statuses = new ConcurrentDictionary<int, int>();
        var reached = new HashSet<RouteEndpoint>();

        foreach (var route in routes)
        {
            var lively = await Lively.MakeAsync(host.Client, receiver.Url);
            Assert.True((await host.App.Services.GetRequiredService<GrantRole>().RunAsync("tests", lively.Person, Role.SuperAdmin, World.Ct)).Value);
            if (route.RoutePattern.RawText is { } path && path.StartsWith("/v1/admin/", StringComparison.Ordinal)) lively = lively with { Key = AdminKey };
            Prop.ForAll(AnyRequest.For(route, lively).ToArbitrary(), Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(PerRoute).WithName(route.RoutePattern.RawText ?? ""));

            bool Holds(AnyRequest request)
            {
                if (Answered(host, log, request, statuses) < 300) reached.Add(route);
                return true;
            }
        }

        // Were everything refused at the door, this would have tested the door alone.
        Assert.True(statuses.Where(each => each.Key < 300).Sum(each => each.Value) > 10 * routes.Count, string.Join(' ', statuses));
        var door = routes.FindAll(route => route.Metadata.GetMetadata<OfAgentsDoor>() is not null);
        var never = door.FindAll(route => !reached.Contains(route)).ConvertAll(route => route.RoutePattern.RawText);
        Assert.True(never.Count < door.Count / 2, $"of {door.Count} routes of the agents door these let nothing in: {string.Join(' ', never)}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{routes.Count} routes: {string.Join(' ', statuses.OrderBy(each => each.Key))}");
    }

    /// <returns>The status; a 5xx, and whatever was logged as an error, is thrown.</returns>
    private static int Answered(HostUnderTest host, ErrorLog log, AnyRequest request, ConcurrentDictionary<int, int> statuses)
    {
        using var message = request.ToMessage(host.Client.BaseAddress!);
        using var answer = host.Client.Send(message, HttpCompletionOption.ResponseHeadersRead);
        if (answer.Content.Headers.ContentType?.MediaType != "text/event-stream") answer.Content.ReadAsStream().CopyTo(Stream.Null); // a stream has no end
        var status = (int)answer.StatusCode;
        statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
        var errors = log.Take();
        return status < 500 && errors.Count == 0
            ? status
            : throw new InvalidOperationException($"{request} was answered {status}; the log says: {string.Join('\n', errors)}");
    }

    /// <summary>Hears what is logged as an error, or worse.</summary>
    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public List<string> Take()
        {
            var lines = new List<string>();
            while (_lines.TryDequeue(out var line)) lines.Add(line);
            return lines;
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == "webhook.delivery_failed") return; // nobody is at the addresses that the generator makes up
            if (IsEnabled(logLevel)) _lines.Enqueue($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
