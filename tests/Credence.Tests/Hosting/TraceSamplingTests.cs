using System.Diagnostics;
using Credence.Server.Hosting.Start;
using OpenTelemetry.Trace;

namespace Credence.Tests.Hosting;

/// <summary>What is traced, and what of it leaves (decision 0046).</summary>
public sealed class TraceSamplingTests
{
    private static readonly ActivityTraceId Trace = ActivityTraceId.CreateFromString("0123456789abcdef0123456789abcdef");

    [Theory]
    [InlineData("always_on", 0, null, true)]
    [InlineData("always_off", 1, null, false)]
    [InlineData("traceidratio", 0, true, false)]
    [InlineData("traceidratio", 1, false, true)]
    [InlineData("parentbased_always_on", 0, null, true)]
    [InlineData("parentbased_always_on", 0, false, false)]
    [InlineData("parentbased_always_off", 1, null, false)]
    [InlineData("parentbased_always_off", 1, true, true)]
    [InlineData("parentbased_traceidratio", 0, null, false)]
    [InlineData("parentbased_traceidratio", 0, true, true)]
    [InlineData("parentbased_traceidratio", 1, null, true)]
    public void A_request_is_traced_as_the_sampler_of_that_name_says(string name, double share, bool? parentSampled, bool traced)
    {
        Assert.Contains(name, RequestSampler.Names);
        Assert.Equal(traced, Decide(name, share, ActivityKind.Server, parentSampled));
    }

    [Fact]
    public void What_no_request_began_is_not_traced()
    {
        Assert.False(Decide("always_on", 1, ActivityKind.Client, parentSampled: null));
        Assert.False(Decide("always_on", 1, ActivityKind.Internal, parentSampled: null));
        Assert.False(Decide("always_on", 1, ActivityKind.Client, parentSampled: false));
        Assert.True(Decide("always_off", 1, ActivityKind.Client, parentSampled: true));
    }

    [Fact]
    public void Of_a_span_only_known_tags_leave_and_never_the_words_of_an_error()
    {
        using var span = new Activity("x");
        span.SetTag("http.route", "/v1/token").SetTag("url.full", "https://hooks.example.com/T0/secret").SetTag("enduser.id", "ada").SetTag("db.query.text", "select $1");
        span.SetStatus(ActivityStatusCode.Error, "ada@example.test is taken");
        using var filter = new TagFilter();

        filter.OnEnd(span);

        Assert.Equal(["db.query.text", "http.route"], span.TagObjects.Select(tag => tag.Key).Order(StringComparer.Ordinal));
        Assert.Equal((ActivityStatusCode.Error, null), (span.Status, span.StatusDescription));
    }

    private static bool Decide(string name, double share, ActivityKind kind, bool? parentSampled)
    {
        var flags = parentSampled == true ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;
        var parent = parentSampled is null ? default : new ActivityContext(Trace, ActivitySpanId.CreateRandom(), flags, isRemote: true);
        var sampler = new RequestSampler(RequestSampler.Named(name, share));
        return sampler.ShouldSample(new SamplingParameters(parent, Trace, "x", kind)).Decision == SamplingDecision.RecordAndSample;
    }
}
