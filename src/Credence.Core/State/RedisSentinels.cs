using System.Net;
using StackExchange.Redis;

namespace Credence.State;

/// <summary>Asks the Sentinels where the master is, as Redis's guidelines for Sentinel clients say: each in turn, the first that knows it is believed.</summary>
internal static class RedisSentinels
{
    /// <exception cref="InvalidOperationException">None of them answered with a master.</exception>
    public static async Task<EndPoint> FindMasterAsync(RedisUrl url, RedisLink link, CancellationToken ct)
    {
        foreach (var sentinel in url.Options.EndPoints)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                if (await AskAsync(sentinel, url, link) is { } master) return master;
            }
            catch (Exception error) when (RedisLink.IsOutage(error, ct))
            {
                // the next may know
            }
        }

        throw new InvalidOperationException("no Sentinel names a master of the service");
    }

    private static async Task<EndPoint?> AskAsync(EndPoint sentinel, RedisUrl url, RedisLink link)
    {
        var options = new ConfigurationOptions { CommandMap = CommandMap.Sentinel, Ssl = url.Options.Ssl };
        options.EndPoints.Add(sentinel);
        using var asked = await link.OpenAsync(options);
        return await asked.GetServer(sentinel).SentinelGetMasterAddressByNameAsync(url.Service).WaitAsync(link.AnswerWithin);
    }
}
