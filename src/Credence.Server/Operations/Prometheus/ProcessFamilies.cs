using System.Diagnostics;
using System.Globalization;

namespace Credence.Server.Operations.Prometheus;

/// <summary>What every Prometheus client tells of its process, and a little of the runtime.</summary>
internal static class ProcessFamilies
{
    /// <summary>Writes them as they are now.</summary>
    public static void Write(PrometheusText text)
    {
        using var process = Process.GetCurrentProcess();
        text.Single("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", "counter", process.TotalProcessorTime.TotalSeconds);
        text.Single("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", "gauge",
            new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        text.Single("process_resident_memory_bytes", "Resident memory size in bytes.", "gauge", process.WorkingSet64);
        text.Single("process_virtual_memory_bytes", "Virtual memory size in bytes.", "gauge", process.VirtualMemorySize64);
        if (OperatingSystem.IsLinux())
        {
            text.Single("process_open_fds", "Number of open file descriptors.", "gauge", Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        }

        text.Single("dotnet_gc_heap_size_bytes", "Size of the managed heap after the last collection in bytes.", "gauge", GC.GetGCMemoryInfo().HeapSizeBytes);
        text.Single("dotnet_gc_pause_seconds_total", "Time all threads were paused for garbage collection in seconds.", "counter", GC.GetTotalPauseDuration().TotalSeconds);
        text.Single("dotnet_gc_allocated_bytes_total", "Bytes allocated on the managed heap.", "counter", GC.GetTotalAllocatedBytes());
        text.Family("dotnet_gc_collections_total", "Garbage collections by generation.", "counter");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            text.Sample("dotnet_gc_collections_total", PrometheusText.Label("generation", generation.ToString(CultureInfo.InvariantCulture)), GC.CollectionCount(generation));
        }

        text.Single("dotnet_threadpool_threads", "Threads of the thread pool.", "gauge", ThreadPool.ThreadCount);
        text.Single("dotnet_threadpool_queued_items", "Work items that wait for a thread of the thread pool.", "gauge", ThreadPool.PendingWorkItemCount);
    }
}
