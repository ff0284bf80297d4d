using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Credence.State;

/// <summary>What Redis says of itself, for an operator.</summary>
/// <param name="Clock">Its time.</param>
/// <param name="Read">When, by ours: halfway between question and answer.</param>
/// <param name="MaxMemory">The most it may use, in bytes; 0 for no limit.</param>
/// <param name="UsedMemory">What it uses.</param>
/// <param name="EvictionPolicy">What it does when it is full.</param>
public sealed record RedisLook(DateTimeOffset Clock, DateTimeOffset Read, long MaxMemory, long UsedMemory, string EvictionPolicy)
{
    /// <summary>Connects, asks and leaves.</summary>
    /// <exception cref="TimeoutException">It did not let us in, or did not answer, within <paramref name="patience"/>.</exception>
    public static async Task<RedisLook> AtAsync(RedisUrl url, TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        await using var link = new RedisLink(url, _ => Task.CompletedTask, RedisState.AnswerWithin, NullLogger.Instance);
        var client = await link.ConnectedAsync(ct).WaitAsync(patience, clock, ct);
        var server = client.GetEndPoints().Select(point => client.GetServer(point)).First(each => each.IsConnected);
        try
        {
            var before = clock.GetUtcNow();
            var time = await server.TimeAsync().WaitAsync(patience, clock, ct);
            var read = before + ((clock.GetUtcNow() - before) / 2);
            var info = (string?)await client.GetDatabase().ExecuteAsync("INFO", "memory").WaitAsync(patience, clock, ct) ?? ""; // the client's own call wants to be an administrator
            var memory = info.Split("\r\n").Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            return new RedisLook(
                new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)), read, Number("maxmemory"), Number("used_memory"), memory.GetValueOrDefault("maxmemory_policy", ""));

            long Number(string name) => long.TryParse(memory.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        }
        catch (RedisException error)
        {
            throw new TimeoutException(error.Message, error);
        }
    }
}
