using Credence.Server.Hosting.Settings;
using Credence.State;

namespace Credence.Server.Hosting.Doctor;

/// <summary>Redis: whether it answers, keeps what it is told, and agrees about the time.</summary>
internal static class RedisCheck
{
    private const string Check = "redis";

    /// <summary>Connects as a server does.</summary>
    public static async Task RunAsync(RedisUrl url, SettingValues settings, TimeProvider clock, TimeSpan patience, Examination found, CancellationToken ct)
    {
        try
        {
            var redis = await RedisLook.AtAsync(url, patience, clock, ct);
            DatabaseCheck.Clock(Check, "Redis", redis.Clock, redis.Read, found);
            if (redis.MaxMemory > 0 && redis.UsedMemory > redis.MaxMemory / 10 * 9)
            {
                found.Found(Check, "it is full", $"{redis.UsedMemory} of {redis.MaxMemory} bytes are used", "raise maxmemory in redis.conf");
            }

            if (redis.MaxMemory > 0 && redis.EvictionPolicy != "noeviction")
            {
                found.Found(
                    Check, "it throws away locks and counters before their time", $"maxmemory-policy is {redis.EvictionPolicy}",
                    "`redis-cli config set maxmemory-policy noeviction`, and the same in redis.conf");
            }

            found.Looked("redis: clock and memory");
        }
        catch (TimeoutException)
        {
            found.Found(
                Check, "it cannot be used", $"no usable answer within {patience.TotalSeconds} s at {settings.Find(StoreSettings.RedisUrl).Shown}",
                "start Redis, or correct host, port and password in REDIS_URL (`redis-cli -u \"$REDIS_URL\" ping` tries it); the server needs no restart afterwards");
        }
    }
}
