namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class AccessLogsTests
{
    [Fact]
    public void A_log_with_a_place_and_no_format_gets_no_line() =>
        Warned.Of("node.access-log.path", "gets no line", "node.access-log.path=/var/log/access.log");

    [Fact]
    public void One_that_is_on_or_switched_off_is_meant()
    {
        Warned.OfNothing("node.access-log.path=/var/log/access.log", "node.access-log.format=json");
        Warned.OfNothing("node.access-log.path=/var/log/access.log", "node.access-log.format=off");
    }
}
