using Credence.Audit;

namespace Credence.Tests.Primitives;

public sealed class IdTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_id_behind_another_sorts_behind_it_whatever_the_clock_says()
    {
        Id<AuditEntry>? last = null;
        foreach (var ms in new[] { 0, 0, 0, 1, -3_000, 0, 1, 1, 2, 5_000, 4_999 })
        {
            var next = Id<AuditEntry>.NewAfter(last, Noon.AddMilliseconds(ms));
            Assert.True(last is null || next > last.Value, $"{next} behind {last}");
            Assert.True(next.BornAt >= (last?.BornAt ?? Noon));
            Assert.Equal(7, next.Value.Version);
            last = next;
        }

        Assert.Equal(Noon.AddSeconds(5), last!.Value.BornAt);
    }

    [Fact]
    public void Past_the_last_id_of_a_millisecond_comes_the_next_millisecond()
    {
        var bytes = Id<AuditEntry>.New(Noon).Value.ToByteArray(bigEndian: true);
        bytes.AsSpan(8).Fill(0xff);
        bytes[8] = 0xbf; // the variant's two bits, and ones
        var last = new Id<AuditEntry>(new Guid(bytes, bigEndian: true));

        var next = Id<AuditEntry>.NewAfter(last, Noon);

        Assert.True(next > last);
        Assert.Equal(Noon.AddMilliseconds(1), next.BornAt);
    }
}
