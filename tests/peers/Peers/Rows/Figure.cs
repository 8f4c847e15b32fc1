namespace Peers.Rows;

/// <summary>What a row is judged by; smaller is better for all.</summary>
internal enum Figure
{
    CpuMicrosecondsPerRequest,
    CpuSecondsPerGigabyte,
    P99Milliseconds,
    KilobytesPerConnection,
}

internal static class Figures
{
    public static string Unit(this Figure figure) => figure switch
    {
        Figure.CpuMicrosecondsPerRequest => "µs CPU/request",
        Figure.CpuSecondsPerGigabyte => "s CPU/GB",
        Figure.P99Milliseconds => "ms p99",
        _ => "KB/connection",
    };

    public static double Of(this Figure figure, Sample sample) => figure switch
    {
        Figure.CpuMicrosecondsPerRequest => sample.CpuMicroseconds / sample.Load.Requests,
        Figure.CpuSecondsPerGigabyte => sample.CpuMicroseconds / 1e6 / (sample.Load.Bytes / 1e9),
        Figure.P99Milliseconds => sample.Load.P99,
        _ => sample.IdleBytes / sample.Load.Requests / 1e3,
    };
}
