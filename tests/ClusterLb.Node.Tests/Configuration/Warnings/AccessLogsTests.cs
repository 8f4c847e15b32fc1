namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class AccessLogsTests
{
    [Fact]
    public void A_log_with_a_place_and_no_format_gets_no_line() =>
        Warned.Of("node.access-log.path", "gets no line", "node.access-log.path=/var/log/access.log");

    [Fact]
    public void So_does_one_whose_fields_are_chosen() =>
        Warned.Of("node.access-log.fields", "gets no line", "node.access-log.fields=[time]");

    [Fact]
    public void A_log_in_no_folder_cannot_be_opened() => Warned.Of("node.access-log.path", "is in no folder of this machine",
        "node.access-log.path=/no-such-folder/access.log", "node.access-log.format=json");

    [Fact]
    public void One_that_is_on_or_switched_off_is_meant()
    {
        Warned.OfNothing($"node.access-log.path={Path.GetTempPath()}access.log", "node.access-log.format=json");
        Warned.OfNothing("node.access-log.path=access.log", "node.access-log.format=json");
        Warned.OfNothing("node.access-log.path=-", "node.access-log.format=json");
        Warned.OfNothing("node.access-log.path=/var/log/access.log", "node.access-log.format=off");
    }
}
